//! Every kind of file that an import must not take, through the whole program: its own words, its
//! own exit code, and a store that is as it was. Foreign bundles are sealed and signed properly by
//! a store's own key, so that only what is wrong with them is wrong.

use nhaplieu::plan::UnitId;
use nhaplieu::store::exchange::ExchangeReader;
use nhaplieu::store::{self, Environment, RedbStore};
use nhaplieu::sync::{BundleError, Header, VerifiedBundle};

use crate::bundles::District;
use crate::run::{Desk, Done};
use crate::seal::{chunk, sealed, sealed_chunks};

const FORM: [&str; 5] = ["set", "--unit", "nt", "--period", "2023"];

/// The store of a desk, opened to sign with its key.
pub(crate) fn signing(desk: &Desk) -> RedbStore {
    let edge = Environment {
        pid: std::process::id(),
        who: "thử".to_owned(),
        machine: std::fs::read_to_string("/etc/machine-id")
            .or_else(|_| std::fs::read_to_string("/proc/sys/kernel/hostname"))
            .unwrap_or_default()
            .trim()
            .to_owned(),
        seed: [9; 32],
        wall: 1_700_000_000_000,
        patience: std::time::Duration::from_secs(10),
    };
    store::open(&desk.store(), &edge).unwrap()
}

/// The same bundle with another header, signed anew.
fn with_header(desk: &Desk, bytes: &[u8], change: impl FnOnce(&mut Header)) -> Vec<u8> {
    let checked = VerifiedBundle::read(bytes.to_vec()).unwrap();
    let mut header = checked.header().clone();
    change(&mut header);
    let mut raws = Vec::new();
    checked
        .container()
        .each_chunk::<BundleError>(0, |_, raw| {
            raws.push(raw.to_vec());
            Ok(std::ops::ControlFlow::Continue(()))
        })
        .unwrap();
    let store = signing(desk);
    sealed(&header.bytes(), &raws, |words| store.sign(words).unwrap().1)
}

/// The same header over one chunk of 200 MiB of zeros, which is a few KiB on the stick.
fn bomb(desk: &Desk, bytes: &[u8]) -> Vec<u8> {
    let header = VerifiedBundle::read(bytes.to_vec())
        .unwrap()
        .header()
        .bytes();
    let z = zstd::bulk::compress(&vec![0; 200 << 20], 3).unwrap();
    let body = chunk(&z, 200 << 20);
    let store = signing(desk);
    sealed_chunks(&header, 1, &body, |words| store.sign(words).unwrap().1)
}

fn patched(bytes: &[u8], at: usize, with: &[u8]) -> Vec<u8> {
    let mut patched = bytes.to_vec();
    patched[at..at + with.len()].copy_from_slice(with);
    patched
}

/// What `import` says of a file, with what must hold for all of them.
fn refused(office: &Desk, name: &str, bytes: &[u8]) -> Done {
    let before = everything(office);
    let file = office.file(name, bytes);
    let file = file.to_str().unwrap();
    let dry = office.run(&["import", "--dry-run", file]);
    let done = office.run(&["import", file]);
    assert_eq!(dry.code, done.code, "{name}: the preview says otherwise");
    assert_eq!(everything(office), before, "{name} changed something");
    for said in [&done.out, &done.err] {
        let escape = said.chars().any(|c| c.is_control() && c != '\n');
        assert!(!escape, "{name}: {said:?}");
    }
    done
}

/// The log, the forms it touches and what is kept of bundles.
fn everything(desk: &Desk) -> String {
    let form = desk.run(&["show", "--unit", "nt", "--period", "2023", "--json"]);
    let kept = desk.run(&["bundles", "--json"]);
    format!("{}{}{}", desk.state(), form.out, kept.out)
}

/// What is wrong, the file, and words that only its refusal has.
type Bad = (&'static str, Vec<u8>, &'static str);

/// Everything that is wrong with a file by itself, made from a good one of the commune's.
fn bad_files(commune: &Desk, good: &[u8]) -> Vec<Bad> {
    let header = |change: fn(&mut Header)| with_header(commune, good, change);
    let mut longer = good.to_vec();
    longer.push(7);
    let mut unsigned = good.to_vec();
    *unsigned.last_mut().unwrap() ^= 1;
    let end = good.len();
    let mut zeroed = good.to_vec();
    zeroed[end - 80..].fill(0);
    let four_gib = (4_u64 << 30).to_le_bytes();
    vec![
        ("a letter", b"Kinh gui".to_vec(), "không phải tệp số liệu"),
        ("a packed file", b"PK\x03\x04 goi".to_vec(), "nén ZIP"),
        ("cut", good[..end / 2].to_vec(), "bị cụt"),
        ("zeros at its end", zeroed, "bị rút quá sớm"),
        ("something after it", longer, "còn thừa 1 byte"),
        (
            "damaged",
            patched(good, end / 2, &[!good[end / 2]]),
            "bị hỏng trên đường",
        ),
        ("another's signature", unsigned, "Chữ ký của tệp không đúng"),
        (
            "a newer version",
            patched(good, 10, &[2, 0]),
            "phiên bản mới hơn",
        ),
        (
            "a header of 4 GiB",
            patched(good, 12, &[0xff; 4]),
            "phần đầu tệp",
        ),
        ("2^32 chunks", patched(good, 16, &[0xff; 4]), "số khối"),
        ("4 GiB in all", patched(good, 20, &four_gib), "cả tệp"),
        ("a zip bomb", bomb(commune, good), "một khối"),
        (
            "another plan",
            header(|h| h.plan_id = String::from("khac")),
            "kế hoạch khac",
        ),
        (
            "another district",
            header(|h| h.district = UnitId::new("huyen-khac")),
            "huyện huyen-khac",
        ),
        (
            "another recipient",
            header(|h| h.to = UnitId::new("cao-xa")),
            "gửi cho cao-xa",
        ),
        (
            "an escape in it",
            header(|h| h.plan_id = String::from("a\u{1b}[2J")),
            "ký tự điều khiển",
        ),
        (
            "an ability nobody has",
            header(|h| h.critical = 1 << 31),
            "phiên bản mới hơn",
        ),
    ]
}

#[test]
fn each_bad_bundle_has_its_own_words_and_changes_nothing() {
    let district = District::new();
    let (commune, office) = (&district.commune, &district.office);
    commune
        .run(&[&FORM[..], &["be_trai=62"]].concat())
        .expects(0);
    let file = district.file("a.nlb");
    commune
        .run(&["export", "--to", "P-LDTBXH", "-o", &file])
        .expects(0);
    let good = std::fs::read(&file).unwrap();
    let table = bad_files(commune, &good);
    for (name, bytes, words) in &table {
        let done = refused(office, name, bytes).expects(3);
        let said = format!("{}{}", done.out, done.err);
        assert!(said.contains(words), "{name}: {said}");
        assert!(said.contains("Không có gì bị thay đổi"), "{name}: {said}");
    }
    // Between a good one and a bad one nothing is taken either.
    let bad = office.file("cut", &good[..good.len() / 2]);
    let before = everything(office);
    let both = ["import", &file, bad.to_str().unwrap()];
    office.run(&both).expects(3);
    assert_eq!(everything(office), before);
    // The good one was good all along; twice is once.
    office.run(&["import", &file]).expects(0);
    let done = refused(office, "a second time", &good).expects(0);
    assert!(done.out.contains("không đổi gì"), "{}", done.out);
    // From a writer whose rights have ended.
    commune
        .run(&[&FORM[..], &["be_trai=63"]].concat())
        .expects(0);
    commune
        .run(&["export", "--to", "P-LDTBXH", "-o", &file])
        .expects(0);
    let author = commune.json(&["inspect", &file, "--json"])["signed_by"].clone();
    office
        .run(&["revoke", author.as_str().unwrap(), "--reason", "mất máy"])
        .expects(0);
    let late = std::fs::read(&file).unwrap();
    let done = refused(office, "revoked", &late).expects(3);
    assert!(done.out.contains("đã bị ngừng quyền"), "{}", done.out);
    office.run(&["verify"]).expects(0);
}

/// Less than the bomb inflated or the header it promises, as the system counts address space.
#[cfg(target_os = "linux")]
#[test]
fn promises_are_refused_in_128_mib_of_address_space() {
    let commune = Desk::commune();
    let file = commune.path().join("a.nlb");
    let path = file.to_str().unwrap().to_owned();
    commune.run(&["export", "-o", &path]).expects(0);
    let good = std::fs::read(&file).unwrap();
    let within = |bytes: &[u8]| {
        std::fs::write(&file, bytes).unwrap();
        let program = env!("CARGO_BIN_EXE_nhaplieu");
        let script = format!("ulimit -v 131072 && exec {program} inspect {path}");
        let output = std::process::Command::new("sh")
            .args(["-c", &script])
            .env_clear()
            .output()
            .unwrap();
        output.status.code()
    };
    assert_eq!(within(&good), Some(0), "that much is enough for a good one");
    assert_eq!(within(&bomb(&commune, &good)), Some(3));
    assert_eq!(within(&patched(&good, 12, &[0xff; 4])), Some(3));
    assert_eq!(within(&patched(&good, 16, &[0xff; 4])), Some(3));
    assert_eq!(
        within(&patched(&good, 20, &(4_u64 << 30).to_le_bytes())),
        Some(3)
    );
}
