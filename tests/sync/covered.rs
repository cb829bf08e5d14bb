//! Bundles encrypted on the outside: opened by the right secret only, refused for what they are by
//! everything else, and limited before and after.

use nhaplieu::sync::bundle::encryption;
use nhaplieu::sync::{BundleError, VerifiedBundle};

use crate::container::small;

/// Written by `age -r` (age 1.x writes the same head); only the head matters here.
const HEADS: [&[u8]; 3] = [
    b"age-encryption.org/v1\n-> X25519 abc\n",
    b"-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n",
    b"\r\n-----BEGIN AGE ENCRYPTED FILE-----\r\nYWdl\r\n",
];

#[test]
fn an_encrypted_file_is_known_by_content_in_every_build() {
    let (_, bytes) = small();
    for head in HEADS {
        assert!(encryption::is_covered(head));
        let error = VerifiedBundle::read(head.to_vec()).unwrap_err();
        assert_eq!(error, BundleError::Encrypted);
        let key = if cfg!(feature = "age") {
            "sync.error.encrypted"
        } else {
            "sync.error.encrypted_here"
        };
        assert_eq!(error.message().key, key);
    }
    assert!(!encryption::is_covered(&bytes));
    assert!(!encryption::is_covered(b"age-encryption.org/v2\n"));
}

#[cfg(feature = "age")]
mod opened {
    use std::io::Write;

    use age::secrecy::{ExposeSecret, SecretString};
    use nhaplieu::sync::bundle::encryption::{Lock, Secret, cover, takes_passphrase, uncover};
    use nhaplieu::sync::bundle::error::Limit;
    use nhaplieu::sync::bundle::file::BundleEncoding;
    use nhaplieu::sync::bundle::limits;
    use nhaplieu::sync::{BundleError, VerifiedBundle};

    use crate::container::small;
    use crate::pen::{Pen, rounds};

    fn words(text: &str) -> Secret {
        Secret::Passphrase(text.to_owned())
    }

    fn pair() -> (Lock, Secret) {
        let identity = age::x25519::Identity::generate();
        let lock = Lock::Recipient(identity.to_public().to_string());
        let text = format!("# xã A\n{}\n", identity.to_string().expose_secret());
        (lock, Secret::Identities(text))
    }

    #[test]
    fn the_right_secret_gives_the_same_bundle_and_another_none() {
        let (_, bundle) = small();
        for dress in [BundleEncoding::Binary, BundleEncoding::Text] {
            let lock = Lock::Passphrase("sông Thương".to_owned());
            let covered = cover(&bundle, &lock, dress).unwrap();
            assert_eq!(
                VerifiedBundle::read(covered.clone()).unwrap_err(),
                BundleError::Encrypted
            );
            assert!(takes_passphrase(&covered).unwrap());
            assert_eq!(uncover(&covered, &words("sông Thương")).unwrap(), bundle);
            let wrong = uncover(&covered, &words("song Thuong"));
            assert_eq!(wrong.unwrap_err(), BundleError::WrongSecret);

            let (lock, secret) = pair();
            let covered = cover(&bundle, &lock, dress).unwrap();
            assert!(!takes_passphrase(&covered).unwrap());
            assert_eq!(uncover(&covered, &secret).unwrap(), bundle);
            for wrong in [
                pair().1,
                words("sông Thương"),
                Secret::Identities("x".to_owned()),
            ] {
                let wrong = uncover(&covered, &wrong);
                assert_eq!(wrong.unwrap_err(), BundleError::WrongSecret);
            }
        }
        let nobody = cover(
            &bundle,
            &Lock::Recipient("age1khong".to_owned()),
            BundleEncoding::Binary,
        );
        assert_eq!(nobody.unwrap_err(), BundleError::BadRecipient);
        assert_eq!(
            uncover(&bundle, &words("x")).unwrap(),
            bundle,
            "not covered at all"
        );
    }

    #[test]
    fn cut_or_changed_it_gives_nothing() {
        let (_, bundle) = small();
        let (lock, secret) = pair();
        let covered = cover(&bundle, &lock, BundleEncoding::Binary).unwrap();
        for cut in 22..covered.len() {
            assert!(uncover(&covered[..cut], &secret).is_err(), "cut at {cut}");
        }
        let mut pen = Pen::new(5);
        for round in 0..rounds(500, 50_000) {
            let mut changed = covered.clone();
            pen.mutate(&mut changed);
            if let Ok(found) = uncover(&changed, &secret) {
                // What no longer looks encrypted is handed on, and is no bundle.
                assert!(found == bundle || found == changed, "round {round}");
                assert!(
                    found == bundle || VerifiedBundle::read(found).is_err(),
                    "round {round}"
                );
            }
        }
    }

    /// Covers anything, with a passphrase of any work.
    fn covered(content: &[u8], work: u8) -> Vec<u8> {
        let mut recipient = age::scrypt::Recipient::new(SecretString::from("x"));
        recipient.set_work_factor(work);
        let recipients = std::iter::once(&recipient as &dyn age::Recipient);
        let encryptor = age::Encryptor::with_recipients(recipients).unwrap();
        let mut out = Vec::new();
        let mut writer = encryptor.wrap_output(&mut out).unwrap();
        writer.write_all(content).unwrap();
        writer.finish().unwrap();
        out
    }

    #[test]
    fn limits_hold_before_and_after_it_is_opened() {
        // More work than this is not begun: the file only says so.
        let easy = covered(b"x", 2);
        let at = easy
            .windows(3)
            .position(|window| window == b" 2\n")
            .unwrap();
        let asked = format!(" {}\n", limits::WORK_READ + 1);
        let hard = [&easy[..at], asked.as_bytes(), &easy[at + 3..]];
        let error = uncover(&hard.concat(), &words("x")).unwrap_err();
        assert_eq!(error, BundleError::TooLarge { what: Limit::Work });
        // A head of 64 KiB and more is not read.
        let stanza = format!("-> X25519 {}\n{}\n", "A".repeat(43), "B".repeat(43));
        let head = format!("age-encryption.org/v1\n{}--- x\n", stanza.repeat(700));
        let error = uncover(head.as_bytes(), &pair().1).unwrap_err();
        assert_eq!(
            error,
            BundleError::TooLarge {
                what: Limit::Header
            }
        );
        // Nor is more kept of what comes out than a bundle may have.
        let large = covered(&vec![0; (64 << 20) + 1], 2);
        let error = uncover(&large, &words("x")).unwrap_err();
        assert_eq!(error, BundleError::TooLarge { what: Limit::File });
    }
}
