//! Key files, and a district whose key another may not claim.

use nhaplieu::ledger::Role;
use nhaplieu::store::StoreReader;
use nhaplieu::store::exchange::ExchangeReader;
use nhaplieu::sync::BundleError;
use nhaplieu::sync::authors;
use nhaplieu::sync::bundle::fingerprint::fingerprint;
use nhaplieu::sync::bundle::key_file::{KeyFile, KeyFileError};
use nhaplieu::sync::import::plan::BundleOutcome;

use crate::site::Site;

fn key_file(site: &Site, name: &str) -> String {
    let (key, _) = site.store.sign(b"").unwrap();
    let file = KeyFile {
        unit: site.unit.clone(),
        name: name.to_owned(),
        key,
    };
    let (_, signature) = site.store.sign(&file.words()).unwrap();
    file.write(&signature)
}

#[test]
fn a_key_file_enrols_before_there_is_anything_to_report() {
    let (mut office, mut commune) = (Site::office(), Site::commune("xa-a", 1));
    let text = key_file(&commune, "Xã A");
    let file = KeyFile::read(text.replace('\n', "\r\n").as_bytes()).unwrap();
    assert_eq!(file.author(), commune.store.info().unwrap().author);
    assert_eq!(file.fingerprint(), fingerprint(&file.key));
    office.does(vec![authors::enrol(
        file.author(),
        vec![file.unit.clone()],
        vec![Role::Clerk],
        &file.name,
    )]);
    commune.types("so_00", "5");
    let done = office.imports(&[commune.bundle(Some("phong"))]);
    assert_eq!(done.bundles[0].outcome, BundleOutcome::Taken);
}

#[test]
fn a_changed_key_file_is_refused() {
    let commune = Site::commune("xa-a", 1);
    let text = key_file(&commune, "Xã A");
    for (from, to, error) in [
        ("xa-a", "xa-b", KeyFileError::BadSignature),
        ("Xã A", "Xã B", KeyFileError::BadSignature),
        ("name: ", "nom: ", KeyFileError::Line(3)),
        (
            "NHAPLIEU KEY 1",
            "NHAPLIEU KEY 2",
            KeyFileError::NotAKeyFile,
        ),
        ("Xã A", "Xã \u{202e}A", KeyFileError::Line(3)),
    ] {
        let changed = text.replace(from, to);
        assert_eq!(
            KeyFile::read(changed.as_bytes()),
            Err(error),
            "{from} → {to}"
        );
    }
    for cut in 0..text.trim_end().len() {
        assert!(KeyFile::read(&text.as_bytes()[..cut]).is_err());
    }
}

#[test]
fn a_key_file_is_read_whatever_mail_has_done_to_it() {
    let commune = Site::commune("xa-a", 1);
    let text = key_file(&commune, "Uỷ ban nhân dân xã A");
    let file = KeyFile::read(text.as_bytes()).unwrap();
    let utf16 = |unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
        let marked = format!("\u{feff}{text}");
        marked.encode_utf16().flat_map(unit).collect()
    };
    let each_line = |change: fn(&str) -> String| -> Vec<u8> {
        let lines = text.lines().map(|line| change(line) + "\n");
        lines.collect::<String>().into_bytes()
    };
    let quoted_printable: String = text
        .bytes()
        .map(|byte| match byte {
            b'\n' | b' '..=b'~' if byte != b'=' => char::from(byte).to_string(),
            byte => format!("={byte:02X}"),
        })
        .collect();
    let halves = |line: &str| {
        let (a, b) = line.split_at_checked(70).unwrap_or((line, ""));
        format!("{a}=\r\n{b}")
    };
    let wrapped = |line: &str| match line.split_once(": ") {
        Some((name @ ("key" | "signature"), hex)) => {
            let (a, b) = hex.split_at(hex.len() / 2);
            format!("{name}:\n{a}\n{b}")
        }
        _ => line.to_owned(),
    };
    for (name, mangled) in [
        ("byte order mark", format!("\u{feff}{text}").into_bytes()),
        ("CR LF", text.replace('\n', "\r\n").into_bytes()),
        ("CR", text.replace('\n', "\r").into_bytes()),
        ("blank lines", text.replace('\n', "\n\n").into_bytes()),
        ("UTF-16", utf16(u16::to_le_bytes)),
        ("UTF-16, big end first", utf16(u16::to_be_bytes)),
        ("blanks", each_line(|line| format!(" \t{line} \u{a0} "))),
        ("quoted", each_line(|line| format!("> {line}"))),
        ("quoted twice", each_line(|line| format!(">> {line}"))),
        (
            "zero width",
            each_line(|line| format!("\u{200b}{line}\u{200b}")),
        ),
        (
            "non-breaking spaces",
            text.replace(' ', "\u{a0}").into_bytes(),
        ),
        ("wrapped", each_line(wrapped)),
        (
            "the name wrapped",
            text.replace("nhân dân", "nhân\r\ndân").into_bytes(),
        ),
        ("capital digits", {
            let (head, hex) = text.split_once("key: ").unwrap();
            let hex = hex.to_uppercase().replace("SIGNATURE", "signature");
            format!("{head}key: {hex}").into_bytes()
        }),
        (
            "quoted-printable",
            quoted_printable
                .lines()
                .map(|line| halves(line) + "\r\n")
                .collect::<String>()
                .into_bytes(),
        ),
        (
            "HTML",
            format!("<p>Gửi anh</p><div>{}</div>", text.replace('\n', "<br>\n"))
                .replace('ã', "&#227;")
                .into_bytes(),
        ),
        (
            "words around it",
            format!("Gửi anh tệp khoá:\n\n{text}\n--\nLan\n").into_bytes(),
        ),
    ] {
        assert_eq!(KeyFile::read(&mangled).as_ref(), Ok(&file), "{name}");
        assert!(KeyFile::is_one(&mangled), "{name}");
    }
    for other in [
        "",
        "unit: xa-a",
        "NHAPLIEU KEY",
        "-----BEGIN NHAPLIEU BUNDLE-----",
    ] {
        assert!(!KeyFile::is_one(other.as_bytes()), "{other}");
    }
}

#[test]
fn nobody_but_the_district_enrols() {
    let (mut office, mut commune) = (Site::office(), Site::commune("xa-a", 1));
    office.enrols(&commune);
    // A commune whose first-run page made it a coordinator of its own: it may enrol at home.
    let mut proud = Site::new("xa-b", "tu-phong", nhaplieu::ledger::Role::Coordinator, 5);
    office.enrols(&proud);
    let stranger = Site::commune("xa-cu", 6);
    proud.enrols(&stranger);
    let done = office.imports(&[proud.bundle(Some("phong"))]);
    assert!(matches!(
        done.bundles[0].outcome,
        BundleOutcome::Refused(BundleError::Oversteps { .. })
    ));
    // And a commune that has pinned the office takes nothing from another office.
    commune.pins(&office);
    let mut other = Site::new("phong", "gia-mao", nhaplieu::ledger::Role::Coordinator, 7);
    other.enrols(&commune);
    other.types_for("xa-a", "so_00", "999");
    let done = commune.imports(&[other.bundle(Some("xa-a"))]);
    assert!(matches!(
        done.bundles[0].outcome,
        BundleOutcome::Quarantined(_)
    ));
    assert_eq!(commune.shows("xa-a", "so_00"), "");
}
