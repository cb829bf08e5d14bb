//! Everything a bundle can be refused for has words in both languages.

use nhaplieu::base::{Lang, Message};
use nhaplieu::ledger::AuthorId;
use nhaplieu::sync::bundle::encryption::Encryption;
use nhaplieu::sync::bundle::error::{Alteration, Limit, PlanPart};
use nhaplieu::sync::bundle::key_file::KeyFileError;
use nhaplieu::sync::bundle::other_format::FileFormat;
use nhaplieu::sync::import::plan::{BundleOutcome, Counts};
use nhaplieu::sync::{BundleError, ImportPlan};
use nhaplieu::ui::texts::Texts;

fn every_error() -> Vec<BundleError> {
    let text = || "x".to_owned();
    let (author, chunk) = (AuthorId([1; 16]), Some(0));
    vec![
        BundleError::NotABundle,
        BundleError::Truncated { have: 1, need: 2 },
        BundleError::Truncated { have: 0, need: 2 },
        BundleError::Altered(Alteration::Bytes),
        BundleError::Altered(Alteration::Text),
        BundleError::Altered(Alteration::Beginning),
        BundleError::Several,
        BundleError::OtherFormat(FileFormat::Packed("ZIP")),
        BundleError::OtherFormat(FileFormat::Document("PDF")),
        BundleError::ZeroTail { from: 1 },
        BundleError::Trailing { extra: 1 },
        BundleError::Encrypted(Encryption::Age),
        BundleError::TooNew { needs: 2 },
        BundleError::Capability(1),
        BundleError::UnknownCritical { chunk: 0, entry: 0 },
        BundleError::RootMismatch,
        BundleError::BadSignature,
        BundleError::BadCheckpoint(author),
        BundleError::Malformed {
            chunk,
            at: 0,
            what: "x",
        },
        BundleError::HostileText {
            chunk,
            entry: 0,
            position: 0,
        },
        BundleError::WrongPlan {
            theirs: text(),
            ours: text(),
        },
        BundleError::WrongDistrict {
            theirs: text(),
            ours: text(),
        },
        BundleError::NotForUs { to: text() },
        BundleError::WholeCopy,
        BundleError::Withholds(author),
        BundleError::Revoked(author),
        BundleError::Oversteps {
            author,
            seq: 1,
            what: text(),
        },
        BundleError::Unfit {
            author,
            seq: 1,
            what: text(),
        },
        BundleError::TooManyHeads {
            author,
            seq: 1,
            heads: 65,
            what: text(),
        },
        BundleError::WrongSender {
            signer: author,
            from: text(),
            units: text(),
        },
        BundleError::RoomFull,
        BundleError::Interrupted,
    ]
}

#[test]
fn every_refusal_has_words_in_both_languages() {
    let limits = [
        Limit::File,
        Limit::Header,
        Limit::Chunks,
        Limit::Chunk,
        Limit::Raw,
        Limit::Entries,
        Limit::Window,
    ];
    let mut messages: Vec<Message> = every_error().iter().map(BundleError::message).collect();
    messages.extend(PlanPart::ALL.map(|part| {
        let (author, what) = (AuthorId([1; 16]), "x".to_owned());
        let lacks = BundleError::PlanLacks {
            author,
            seq: 1,
            part,
            what,
        };
        lacks.message()
    }));
    messages.extend(limits.map(|what| BundleError::TooLarge { what }.message()));
    messages.extend(Counts::default().all().map(|(key, _)| Message::new(key)));
    let key = [
        KeyFileError::NotAKeyFile,
        KeyFileError::Line(4),
        KeyFileError::BadSignature,
    ];
    messages.extend(key.map(KeyFileError::message));
    messages.push(BundleOutcome::Taken.message());
    messages.push(BundleOutcome::Waiting(Vec::new()).message());
    messages.push(BundleOutcome::Quarantined(Vec::new()).message());
    for lang in [Lang::Vi, Lang::En] {
        let texts = Texts::load(lang);
        for message in &messages {
            let said = texts.say(message);
            assert_ne!(said, message.key, "{lang:?}");
            assert!(!said.contains("sync."), "{said}");
            assert!(!said.contains(['{', '}']), "{said}");
        }
    }
    assert_eq!(ImportPlan::default().refusals().count(), 0);
}
