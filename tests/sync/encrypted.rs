//! Files that another program has encrypted: refused, and named for what they are.

use nhaplieu::sync::VerifiedBundle;
use nhaplieu::sync::bundle::encryption::Encryption;
use nhaplieu::sync::bundle::error::BundleError;
use nhaplieu::sync::bundle::text_armour;

use crate::container::small;

#[test]
fn an_encrypted_file_is_refused_by_the_name_of_its_format() {
    let files: [(&[u8], Encryption, &str); 3] = [
        (
            b"age-encryption.org/v1\n-> X25519 abc\n",
            Encryption::Age,
            "age",
        ),
        (
            b"-----BEGIN PGP MESSAGE-----\n\nhF4D\n",
            Encryption::OpenPgp,
            "OpenPGP",
        ),
        (
            &[0x85, 0x01, 0x0c, 0x03, 0xaa, 0xbb],
            Encryption::OpenPgp,
            "OpenPGP",
        ),
    ];
    for (file, by, name) in files {
        let error = VerifiedBundle::read(file.to_vec()).unwrap_err();
        assert_eq!(error, BundleError::Encrypted(by));
        let message = error.message();
        assert_eq!(message.key, "sync.error.encrypted");
        assert!(format!("{message:?}").contains(name), "{message:?}");
    }
}

#[test]
fn a_bundle_is_not_taken_for_an_encrypted_file() {
    let (_, bundle) = small();
    assert_eq!(Encryption::of(&bundle), None);
    assert_eq!(Encryption::of(text_armour::write(&bundle).as_bytes()), None);
}
