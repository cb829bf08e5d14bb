//! Which file system a folder lies on, by the numbers and names Linux gives them.

use std::fs;
use std::path::Path;

/// File systems by the magic number `statfs` gives, from the kernel's `magic.h`.
const NETWORK: [(u32, &str); 12] = [
    (0x6969, "nfs"),
    (0xFF53_4D42, "cifs"),
    (0xFE53_4D42, "smb2"),
    (0x517B, "smb"),
    (0x564C, "ncp"),
    (0x5346_414F, "afs"),
    (0x6B41_4653, "afs"),
    (0x7375_7245, "coda"),
    (0x00C3_6400, "ceph"),
    (0x0102_1997, "9p"),
    (0x0BD0_0BD0, "lustre"),
    (0x786F_4256, "vboxsf"),
];
/// Any file system in user space, local or not.
const FUSE: u32 = 0x6573_5546;
/// Windows' own file system, by the kernel's driver.
const NTFS3: u32 = 0x7366_746E;
/// File systems whose file numbers change with each mount.
const FAT: [u32; 2] = [0x4D44, 0x2011_BAB0];
/// File systems in user space that reach over a network.
const FUSE_NETWORK: [&str; 10] = [
    "fuse.sshfs",
    "fuse.rclone",
    "fuse.s3fs",
    "fuse.davfs",
    "fuse.curlftpfs",
    "fuse.gvfsd-fuse",
    "fuse.glusterfs",
    "fuse.ceph-fuse",
    "fuse.smbnetfs",
    "fuse.google-drive-ocamlfuse",
];

fn magic(path: &Path) -> Option<u32> {
    let found = rustix::fs::statfs(path).ok()?;
    // The field's type differs between platforms; the magic itself is 32 bits wide.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "only the low 32 bits carry the magic"
    )]
    Some(found.f_type as u32)
}

/// True where every file has the owner and the mode that its mount names, whatever is asked for.
pub(crate) fn has_no_modes(path: &Path) -> bool {
    match magic(path) {
        Some(FUSE) => mounted(path).is_some_and(|kind| kind == "fuseblk"),
        Some(magic) => magic == NTFS3 || FAT.contains(&magic),
        None => false,
    }
}

pub(crate) fn is_fat(path: &Path) -> bool {
    magic(path).is_some_and(|magic| FAT.contains(&magic))
}

/// The name of the network file system `dir` lies on, if it does.
pub(crate) fn network(dir: &Path) -> Option<String> {
    let magic = magic(dir)?;
    if magic == FUSE {
        let kind = mounted(dir)?;
        return FUSE_NETWORK.contains(&kind.as_str()).then_some(kind);
    }
    NETWORK
        .iter()
        .find(|(known, _)| *known == magic)
        .map(|(_, name)| (*name).to_owned())
}

/// The type of the mount `path` lies on.
fn mounted(path: &Path) -> Option<String> {
    let mounts = fs::read_to_string("/proc/self/mountinfo").ok()?;
    mount_kind(&mounts, &path.canonicalize().ok()?)
}

/// The type of the mount `path` lies on, from the text of `mountinfo`.
fn mount_kind(mounts: &str, path: &Path) -> Option<String> {
    mounts
        .lines()
        .filter_map(|line| {
            let (left, right) = line.split_once(" - ")?;
            let point = left.split(' ').nth(4)?.replace("\\040", " ");
            let kind = right.split(' ').next()?;
            path.starts_with(&point)
                .then(|| (point.len(), kind.to_owned()))
        })
        .max_by_key(|(length, _)| *length)
        .map(|(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_mount_decides() {
        let mounts = "\
22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
40 22 0:40 / /home/lan/xa rw - fuse.sshfs lan@may-chu:/ rw
41 22 0:41 / /mnt/o\\040chung rw - fuseblk /dev/sdb1 rw";
        let kind = |path: &str| mount_kind(mounts, Path::new(path)).unwrap();
        assert_eq!(kind("/home/lan"), "ext4");
        assert_eq!(kind("/home/lan/xa/kho"), "fuse.sshfs");
        assert_eq!(kind("/mnt/o chung/kho"), "fuseblk");
        assert!(FUSE_NETWORK.contains(&"fuse.sshfs"));
        assert!(!FUSE_NETWORK.contains(&"fuseblk"));
    }

    #[test]
    fn a_local_folder_is_not_refused() {
        assert_eq!(network(&std::env::temp_dir()), None);
    }
}
