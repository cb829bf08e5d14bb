//! Bundles as version 1 wrote them stay readable for ever, and the page that explains the format
//! explains the very bytes of one of them.

#![allow(
    clippy::format_push_string,
    clippy::print_stdout,
    reason = "the worked example is put together and shown once"
)]

use std::path::PathBuf;

use nhaplieu::sync::bundle::container::{FIXED, TAIL};
use nhaplieu::sync::bundle::file;
use nhaplieu::sync::bundle::text_armour;
use nhaplieu::sync::import::plan::BundleOutcome;
use nhaplieu::sync::{Container, Header, Scope, VerifiedBundle};

use crate::site::Site;

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/bundles")
        .join(name)
}

/// The commune that wrote them: seed 11, unit xa-a.
fn writer() -> Site {
    let mut commune = Site::commune("xa-a", 11);
    commune.types("so_00", "5");
    commune
}

/// Writes the golden files anew. Only for a new format: then under new names.
#[test]
#[ignore = "writes the golden files"]
fn write_golden_files() {
    let mut commune = writer();
    let small = commune.bundle_bytes(Some("phong"), Scope::Since);
    commune.types_all(1_000);
    let large = commune.bundle_bytes(None, Scope::All);
    std::fs::write(fixture("v1-small.nlb"), &small).unwrap();
    std::fs::write(fixture("v1-large.nlb"), &large).unwrap();
    std::fs::write(fixture("v1-large.txt"), text_armour::write(&large)).unwrap();
}

#[test]
fn bundles_of_version_1_read_and_import_as_they_did() {
    let read = |name: &str| VerifiedBundle::read(std::fs::read(fixture(name)).unwrap()).unwrap();
    let small = read("v1-small.nlb");
    assert_eq!(small.header().entries, 4);
    assert_eq!(small.header().created, 1_700_000_002_000);
    let large = read("v1-large.nlb");
    assert_eq!(large.header().entries, 44);
    assert_eq!(read("v1-large.txt").root(), large.root());
    let mut office = Site::office();
    office.enrols(&writer());
    let done = office.imports(&[large, small]);
    assert!(
        done.bundles
            .iter()
            .all(|bundle| bundle.outcome == BundleOutcome::Taken)
    );
    assert_eq!(office.shows("xa-a", "so_00"), "1.000");
    assert_eq!(office.shows("xa-a", "so_39"), "1.039");
}

#[test]
fn what_is_written_today_has_the_bytes_of_version_1_but_for_compression() {
    let golden = VerifiedBundle::read(std::fs::read(fixture("v1-small.nlb")).unwrap()).unwrap();
    let today = VerifiedBundle::read(writer().bundle_bytes(Some("phong"), Scope::Since)).unwrap();
    assert_eq!(today.header(), golden.header());
    assert_eq!(today.header().bytes(), golden.header().bytes());
}

/// The lists of a header, part by part.
fn lists(header: &Header, part: &mut dyn FnMut(usize, &str)) {
    part(4, &format!("ranges = {}", header.ranges.len()));
    for range in &header.ranges {
        part(32, "range: author's public key");
        part(8, &format!("  first = {}", range.first));
        part(8, &format!("  last = {}", range.last));
        part(32, "  hash before the first");
        part(32, "  hash of the last");
        part(64, "  author's signature");
        part(4, &format!("  runs withheld = {}", range.withheld.len()));
        for run in &range.withheld {
            part(8, &format!("    first = {}", run.first));
            part(4, &format!("    how many = {}", run.count));
            part(32, "    hash of the last of them");
        }
    }
    part(16, "have: all lines from author");
    part(16, "  to author");
    part(4, &format!("lines of have = {}", header.have.lines.len()));
    for line in &header.have.lines {
        part(16, "have: author");
        part(8, &format!("  up to = {}", line.last));
        part(32, "  hash there");
        part(64, "  author's signature");
        part(4, &format!("  missing = {}", line.missing.len()));
        for missing in &line.missing {
            part(8, &format!("    first = {}", missing.first));
            part(4, &format!("    how many = {}", missing.count));
        }
    }
    part(4, &format!("vouches = {}", header.vouches.len()));
}

/// The worked example: every part of the small golden file, in its order.
fn example() -> String {
    let bytes = std::fs::read(fixture("v1-small.nlb")).unwrap();
    let bundle = VerifiedBundle::read(bytes.clone()).unwrap();
    let mut at = 0;
    let mut out = String::new();
    let mut part = |length: usize, what: &str| {
        let piece = &bytes[at..at + length];
        let mut hex: Vec<String> = piece.iter().map(|byte| format!("{byte:02x}")).collect();
        if hex.len() > 16 {
            let rest = hex.len() - 16;
            hex.truncate(16);
            hex.push(format!("… {rest} more"));
        }
        out.push_str(&format!(
            "{at:5}  {length:4}  {what:<34} {}\n",
            hex.join(" ")
        ));
        at += length;
    };
    part(8, "magic");
    part(2, "major = 1");
    part(2, "least reader = 1");
    part(
        4,
        &format!("header length = {}", bundle.header().bytes().len()),
    );
    part(4, "chunks = 1");
    part(8, &format!("total length = {}", bytes.len()));
    let header = bundle.header();
    part(32, "signer's public key");
    part(4, "critical capabilities = 0");
    part(4, "optional capabilities = 0");
    part(
        1 + header.plan_id.len(),
        &format!("plan id = {:?}", header.plan_id),
    );
    part(4, &format!("plan version = {}", header.plan_version));
    part(32, "BLAKE3 of the plan's file");
    for (name, unit) in [
        ("district", &header.district),
        ("from", &header.from),
        ("to", &header.to),
    ] {
        part(
            1 + unit.as_str().len(),
            &format!("{name} = {:?}", unit.as_str()),
        );
    }
    part(8, &format!("created = {}", header.created));
    part(1, "scope = 0 (since acknowledged)");
    part(4, &format!("entries = {}", header.entries));
    part(8, &format!("raw bytes = {}", header.raw));
    lists(header, &mut part);
    for chunk in &bundle.container().chunks {
        part(4, &format!("chunk: zstd length = {}", chunk.zlen));
        part(4, &format!("  raw length = {}", chunk.rawlen));
        part(32, "  BLAKE3 of the zstd frame");
        part(chunk.zlen, "  zstd frame");
    }
    part(32, "root: BLAKE3 of all before");
    part(64, "signature");
    assert_eq!(at, bytes.len());
    assert_eq!(bundle.container().size(), bytes.len());
    out.push_str("\nraw chunk:\n");
    let mut raw_at = 0;
    for index in 0..header.ranges.len() {
        nhaplieu::store::exchange::Source::each(&bundle, index, 1, &mut |arriving| {
            let length = arriving.bytes.len();
            let hex: Vec<String> = arriving.bytes.iter().map(|b| format!("{b:02x}")).collect();
            out.push_str(&format!(
                "{raw_at:5}  u32 length = {length}, entry {}\n",
                arriving.seq
            ));
            for line in hex.chunks(24) {
                out.push_str(&format!("       {}\n", line.join(" ")));
            }
            out.push_str(&format!("       hash {}\n", arriving.hash));
            raw_at += 4 + length;
            Ok(())
        })
        .unwrap();
    }
    out
}

#[test]
fn the_worked_example_of_the_page_is_the_golden_file() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/bundle-format.md");
    let page = std::fs::read_to_string(path).unwrap();
    let (_, rest) = page.split_once("<!-- example -->\n```text\n").unwrap();
    let (written, _) = rest.split_once("```\n").unwrap();
    assert_eq!(written, example(), "docs/bundle-format.md, worked example");
    assert_eq!((FIXED, TAIL), (28, 96));
}

#[test]
#[ignore = "prints the worked example"]
fn print_example() {
    println!("{}", example());
}

#[test]
fn a_bundle_is_named_by_the_day_in_the_plans_time_zone() {
    let mut bundle = Container::open(std::fs::read(fixture("v1-small.nlb")).unwrap()).unwrap();
    // 29/11/2023 17:30 UTC.
    bundle.header.created = 1_701_279_000_000;
    let named = |hours: i32| {
        let zone = chrono::FixedOffset::east_opt(hours * 3600).unwrap();
        file::name(&bundle.header, &bundle.root, zone)
    };
    assert!(named(7).contains("_20231130_"), "{}", named(7));
    assert!(named(0).contains("_20231129_"), "{}", named(0));
}
