//! The file itself: cut, changed, lied about, and still whole in armour.

use nhaplieu::ledger::{Body, Content, Entry, Hash, chain};
use nhaplieu::store::exchange::ExchangeReader;
use nhaplieu::store::exchange::{entry_bytes, read_entry};
use nhaplieu::sync::bundle::container::{FIXED, TAIL};
use nhaplieu::sync::bundle::error::Limit;
use nhaplieu::sync::bundle::range::Run;
use nhaplieu::sync::bundle::text_armour;
use nhaplieu::sync::{BundleError, Header, Range, Scope, VerifiedBundle};

use crate::pen::Pen;
use crate::seal::{self, chunk};
use crate::site::Site;

pub(crate) fn small() -> (Site, Vec<u8>) {
    let mut commune = Site::commune("xa-a", 1);
    commune.types("so_00", "5");
    commune.types("so_01", "6");
    let bytes = commune.bundle_bytes(Some("phong"), Scope::Since);
    (commune, bytes)
}

#[test]
fn cut_at_every_byte_it_is_named_as_truncated() {
    let (_, bytes) = small();
    for cut in 0..bytes.len() {
        let error = VerifiedBundle::read(bytes[..cut].to_vec()).unwrap_err();
        assert!(
            matches!(error, BundleError::Truncated { have, .. } if have == cut as u64),
            "cut at {cut}: {error:?}"
        );
    }
    let text = text_armour::write(&bytes);
    // Without its last line the text still has the whole bundle.
    let characters = text.trim_end().rfind('\n').unwrap();
    for cut in characters..text.len() {
        let read = VerifiedBundle::read(text.as_bytes()[..cut].to_vec()).unwrap();
        assert_eq!(read.bytes().unwrap(), bytes, "armour cut at {cut}");
    }
    for cut in 0..characters - 4 {
        let error = VerifiedBundle::read(text.as_bytes()[..cut].to_vec()).unwrap_err();
        assert!(
            matches!(error, BundleError::Truncated { .. }),
            "armour cut at {cut}: {error:?}"
        );
    }
}

#[test]
fn what_a_pulled_stick_leaves_has_its_own_name() {
    let (_, bytes) = small();
    for from in [0, 4, 20, 28, 300, bytes.len() - 64] {
        let mut holed = bytes.clone();
        holed[from..].fill(0);
        let error = VerifiedBundle::read(holed).unwrap_err();
        assert!(
            matches!(error, BundleError::ZeroTail { from: at } if at <= from as u64),
            "zeros from {from}: {error:?}"
        );
    }
    let mut longer = bytes.clone();
    longer.push(7);
    assert_eq!(
        VerifiedBundle::read(longer).unwrap_err(),
        BundleError::Trailing { extra: 1 }
    );
    assert_eq!(
        VerifiedBundle::read(b"so lieu thang 11".to_vec()).unwrap_err(),
        BundleError::NotABundle
    );
}

#[test]
fn every_changed_bit_is_seen() {
    let (_, bytes) = small();
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        assert!(VerifiedBundle::read(changed).is_err(), "byte {at}");
    }
}

#[test]
fn mutations_never_panic_and_nothing_that_differs_is_accepted() {
    let (_, bytes) = small();
    let text = text_armour::write(&bytes).into_bytes();
    let mut pen = Pen::new(1);
    for round in 0..crate::pen::rounds(10_000, 1_000_000) {
        let armoured = round % 4 == 0;
        let mut changed = if armoured {
            text.clone()
        } else {
            bytes.clone()
        };
        for _ in 0..=pen.below(4) {
            pen.mutate(&mut changed);
        }
        if let Ok(read) = VerifiedBundle::read(changed) {
            assert_eq!(read.bytes().unwrap(), bytes, "round {round}");
        }
    }
}

#[test]
fn armour_survives_mail_and_a_renamed_file_is_known_by_content() {
    let (_, bytes) = small();
    let plain = VerifiedBundle::read(bytes.clone()).unwrap();
    let text = text_armour::write(&bytes);
    assert!(text.lines().all(|line| line.len() <= 76));
    let mailed = format!(
        "Gửi phòng số liệu.\r\n\r\n{}\r\n--\r\nxã A\r\n",
        text.replace('\n', "\r\n")
    );
    let mailed = VerifiedBundle::read(mailed.into_bytes()).unwrap();
    assert_eq!(mailed.root(), plain.root());
    assert_eq!(mailed.bytes().unwrap(), bytes);
    assert_eq!(plain.units().len(), 1);
    let plain = plain.header();
    assert_eq!(plain.entries, 5);
    assert_eq!(plain.from.as_str(), "xa-a");
    assert_eq!(plain.receiver().unwrap().as_str(), "phong");
    assert_eq!(plain.ranges[0].last, 5);
}

/// A bundle of one log, with every part open to change before it is sealed and signed properly.
pub(crate) struct Draft {
    pub(crate) header: Header,
    pub(crate) raws: Vec<Vec<u8>>,
}

impl Draft {
    pub(crate) fn of(site: &Site, bytes: &[u8]) -> Self {
        let checked = VerifiedBundle::read(bytes.to_vec()).unwrap();
        let mut raws = Vec::new();
        checked
            .container()
            .each_chunk::<BundleError>(0, |_, raw| {
                raws.push(raw.to_vec());
                Ok(std::ops::ControlFlow::Continue(()))
            })
            .unwrap();
        let _ = site;
        Self {
            header: checked.header().clone(),
            raws,
        }
    }

    pub(crate) fn sealed(&self, site: &Site) -> Vec<u8> {
        sealed(site, &self.header.bytes(), &self.raws)
    }
}

pub(crate) fn sealed(site: &Site, header: &[u8], raws: &[Vec<u8>]) -> Vec<u8> {
    seal::sealed(header, raws, |words| site.store.sign(words).unwrap().1)
}

/// The log of `site` with its last entry changed, sealed and signed by it.
pub(crate) fn forged(site: &Site, change: impl FnOnce(&mut Entry)) -> Vec<u8> {
    let mut change = Some(change);
    rewritten(site, |bytes| {
        let mut entry = read_entry(bytes).unwrap();
        if let Some(change) = change.take() {
            change(&mut entry);
        }
        *bytes = entry_bytes(&entry);
    })
}

/// The log of `site` with the bytes of its last entry changed, sealed and signed by it.
pub(crate) fn rewritten(site: &Site, change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut draft = Draft::of(site, &small_of(site));
    let mut entries: Vec<Vec<u8>> = Vec::new();
    let mut raw = draft.raws.concat();
    while !raw.is_empty() {
        let length = u32::from_le_bytes(*raw.first_chunk().unwrap()) as usize;
        entries.push(raw[4..4 + length].to_vec());
        raw.drain(..4 + length);
    }
    change(entries.last_mut().unwrap());
    let range = &mut draft.header.ranges[0];
    let author = range.author();
    let (mut raw, mut hash) = (Vec::new(), Hash::ZERO);
    for (seq, bytes) in (1..).zip(&entries) {
        hash = chain::link(&author, seq, &hash, bytes);
        raw.extend((bytes.len() as u32).to_le_bytes());
        raw.extend(bytes);
    }
    range.hash = hash;
    let words = chain::checkpoint_words(&author, range.last, &hash);
    range.signature = site.store.sign(&words).unwrap().1;
    draft.header.raw = raw.len() as u64;
    draft.raws = vec![raw];
    draft.sealed(site)
}

pub(crate) fn small_of(site: &Site) -> Vec<u8> {
    let plan = crate::world::plan();
    let order = nhaplieu::sync::export::ExportRequest {
        plan: &plan,
        to: None,
        scope: Scope::All,
        wall: site.wall,
    };
    let planned = nhaplieu::sync::export::plan(&site.store, &order).unwrap();
    crate::district::only(nhaplieu::sync::export::bundles(&site.store, &order, &planned).unwrap())
}

#[test]
fn hostile_text_is_refused_with_its_place() {
    let (site, _) = small();
    for (note, position) in [
        ("\u{1b}[2J", 0),
        ("số \u{202e}liệu", 3),
        ("a\u{200b}b", 1),
        ("ab\nc", 2),
    ] {
        let bytes = forged(&site, |entry| entry.note = note.to_owned());
        assert_eq!(
            VerifiedBundle::read(bytes).unwrap_err(),
            BundleError::HostileText {
                chunk: Some(0),
                entry: 4,
                position
            },
            "{note:?}"
        );
    }
    let value = forged(&site, |entry| {
        entry.body = Body::SetValue(Content::Text("x\u{2066}".to_owned()));
    });
    assert!(matches!(
        VerifiedBundle::read(value).unwrap_err(),
        BundleError::HostileText { position: 1, .. }
    ));
    let nfd = forged(&site, |entry| entry.note = "e\u{302}".to_owned());
    assert!(matches!(
        VerifiedBundle::read(nfd).unwrap_err(),
        BundleError::Malformed { what: "text", .. }
    ));
    let mut draft = Draft::of(&site, &small_of(&site));
    draft.header.plan_id = "thu\u{7}".to_owned();
    assert!(matches!(
        VerifiedBundle::read(draft.sealed(&site)).unwrap_err(),
        BundleError::HostileText { chunk: None, .. }
    ));
    let clean = forged(&site, |entry| entry.note = "theo sổ".to_owned());
    assert!(VerifiedBundle::read(clean).is_ok());
}

#[test]
fn an_unknown_critical_entry_asks_for_a_newer_program_and_another_is_kept() {
    let (site, _) = small();
    let unknown = |flags| {
        forged(&site, move |entry| {
            entry.flags = flags;
            entry.body = Body::Unknown {
                kind: 77,
                bytes: vec![1, 2, 3],
            };
        })
    };
    assert!(matches!(
        VerifiedBundle::read(unknown(1)).unwrap_err(),
        BundleError::UnknownCritical { entry: 4, .. }
    ));
    assert!(VerifiedBundle::read(unknown(0)).is_ok());
}

#[test]
fn malformed_but_signed_bundles_never_panic() {
    let (site, _) = small();
    let draft = Draft::of(&site, &small_of(&site));
    let header = draft.header.bytes();
    let mut pen = Pen::new(2);
    let mut accepted = 0;
    let rounds = crate::pen::rounds(2_000, 250_000);
    for _ in 0..rounds {
        let (mut header, mut raws) = (header.clone(), draft.raws.clone());
        for _ in 0..=pen.below(3) {
            match pen.below(3) {
                0 => pen.mutate(&mut header),
                1 => pen.mutate(&mut raws[0]),
                _ => {
                    let at = pen.below(raws[0].len());
                    let tail = raws[0].split_off(at);
                    raws.push(tail);
                }
            }
            if raws[0].is_empty() {
                raws[0].push(0);
            }
        }
        // The key in a changed header may be another: then the signature is wrong, and said so.
        if let Ok(read) = VerifiedBundle::read(sealed(&site, &header, &raws)) {
            accepted += 1;
            let kept: Vec<u8> = raws.concat();
            // Only what no hash binds may differ: to, from, created, have and the like.
            assert_eq!(kept.len() as u64, read.header().raw);
        }
    }
    assert!(accepted < rounds / 2, "{accepted}");
}

#[test]
fn promises_are_refused_without_allocating_for_them() {
    let (site, bytes) = small();
    let with = |at: usize, value: &[u8]| {
        let mut lying = bytes.clone();
        lying[at..at + value.len()].copy_from_slice(value);
        VerifiedBundle::read(lying).unwrap_err()
    };
    let too_large = |what| BundleError::TooLarge { what };
    assert_eq!(with(12, &[0xff; 4]), too_large(Limit::Header));
    assert_eq!(with(16, &[0xff; 4]), too_large(Limit::Chunks));
    assert_eq!(
        with(20, &(4_u64 << 30).to_le_bytes()),
        too_large(Limit::File)
    );
    assert_eq!(with(10, &[2, 0]), BundleError::TooNew { needs: 2 });

    // 200 MiB of zeros in one chunk, and 1,000 chunks that each promise 256 KiB too much.
    let header = Draft::of(&site, &bytes).header.bytes();
    let bomb = zstd::bulk::compress(&vec![0; 200 << 20], 3).unwrap();
    let refusal = |count: usize, body: &[u8]| {
        let sign = |words: &[u8]| site.store.sign(words).unwrap().1;
        let bytes = seal::sealed_chunks(&header, count, body, sign);
        VerifiedBundle::read(bytes).unwrap_err()
    };
    assert_eq!(
        refusal(1, &chunk(&bomb, 200 << 20)),
        too_large(Limit::Chunk)
    );
    assert!(matches!(
        refusal(1, &chunk(&bomb, 262_144)),
        BundleError::Malformed { .. }
    ));
    let many = chunk(b"", 262_144).repeat(1_100);
    assert_eq!(refusal(1_100, &many), too_large(Limit::Raw));
    assert_eq!(bytes.len(), {
        let checked = VerifiedBundle::read(bytes.clone()).unwrap();
        let chunks = &checked.container().chunks;
        let frames: usize = chunks.iter().map(|c| c.zlen + 40).sum();
        FIXED + checked.header().bytes().len() + frames + TAIL
    });
}

/// A bundle without its second entry, which a run stands for.
pub(crate) fn without_second(site: &Site, bytes: &[u8]) -> Draft {
    let mut draft = Draft::of(site, bytes);
    let mut second = None;
    let whole = VerifiedBundle::read(bytes.to_vec()).unwrap();
    whole
        .each(0, 2, &mut |recorded| {
            second.get_or_insert(recorded.hash);
            Ok(())
        })
        .unwrap();
    let length = |raw: &[u8]| u32::from_le_bytes(*raw.first_chunk().unwrap()) as usize + 4;
    let first = length(&draft.raws[0]);
    let gone = length(&draft.raws[0][first..]);
    draft.raws[0].drain(first..first + gone);
    draft.header.ranges[0].withheld = vec![Run {
        first: 2,
        count: 1,
        hash: second.unwrap(),
    }];
    draft.header.entries -= 1;
    draft.header.raw -= gone as u64;
    draft
}

#[test]
fn the_chain_goes_on_behind_a_withheld_run() {
    let (site, bytes) = small();
    let draft = without_second(&site, &bytes);
    let read = VerifiedBundle::read(draft.sealed(&site)).unwrap();
    let mut seqs = Vec::new();
    read.each(0, 0, &mut |recorded| {
        seqs.push(recorded.seq);
        Ok(())
    })
    .unwrap();
    assert_eq!(seqs, [1, 3, 4, 5]);
    assert_eq!(read.header().ranges[0].count(), 4);

    let refused = |change: &dyn Fn(&mut Range)| {
        let mut draft = without_second(&site, &bytes);
        change(&mut draft.header.ranges[0]);
        let error = VerifiedBundle::read(draft.sealed(&site)).unwrap_err();
        assert!(matches!(error, BundleError::Malformed { .. }), "{error:?}");
    };
    let run = draft.header.ranges[0].withheld[0];
    refused(&|range| range.withheld[0].hash.0[0] ^= 1);
    refused(&|range| range.withheld[0].hash = Hash::ZERO);
    refused(&|range| range.withheld[0].first = 3);
    refused(&|range| range.withheld[0].count = 0);
    refused(&|range| range.withheld[0].count = 2);
    refused(&|range| range.withheld[0].count = u32::MAX);
    refused(&|range| range.withheld = Vec::new());
    refused(&|range| range.withheld = vec![run, run]);
    refused(&|range| {
        range.withheld[0].first = 5;
    });
}

#[test]
fn a_header_of_ten_thousand_lists_items_reads_back_or_is_too_large() {
    let (site, bytes) = small();
    let mut draft = Draft::of(&site, &bytes);
    let line = draft.header.have.lines[0].clone();
    draft.header.have.lines = vec![line.clone(); 8_000];
    let read = VerifiedBundle::read(draft.sealed(&site)).unwrap();
    assert_eq!(read.header(), &draft.header);
    draft.header.have.lines = vec![line; 9_000];
    assert_eq!(
        VerifiedBundle::read(draft.sealed(&site)).unwrap_err(),
        BundleError::TooLarge {
            what: Limit::Header
        }
    );
}

#[test]
fn a_log_is_believed_only_under_its_own_key() {
    let (site, bytes) = small();
    let mut draft = Draft::of(&site, &bytes);
    draft.header.ranges[0].signature[5] ^= 1;
    assert!(matches!(
        VerifiedBundle::read(draft.sealed(&site)).unwrap_err(),
        BundleError::BadCheckpoint(_)
    ));
    // Another's log under this store's signature.
    let other = Site::commune("xa-b", 2);
    let mut draft = Draft::of(&site, &bytes);
    let theirs: Range = Draft::of(&other, &small_of(&other)).header.ranges[0].clone();
    draft.header.ranges[0].key = theirs.key;
    assert!(VerifiedBundle::read(draft.sealed(&site)).is_err());
}
