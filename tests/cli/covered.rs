//! Encrypted bundles through the whole program.

use crate::run::Desk;

#[test]
fn an_encrypted_file_is_refused_by_what_cannot_open_it() {
    let desk = Desk::commune();
    let before = desk.state();
    let file = desk.file("a.nlb", b"age-encryption.org/v1\n-> X25519 abc\n");
    for command in ["import", "inspect"] {
        let done = desk.run(&[command, file.to_str().unwrap()]).expects(3);
        assert!(done.err.contains("mã hoá"), "{}", done.err);
        assert!(done.err.contains("Không có gì bị thay đổi"), "{}", done.err);
    }
    assert_eq!(desk.state(), before);
}

#[cfg(feature = "age")]
#[test]
fn a_bundle_goes_encrypted_to_the_one_named_inside_it_and_comes_in_with_the_passphrase() {
    let district = crate::bundles::District::new();
    let (commune, office) = (&district.commune, &district.office);
    commune
        .run(&["set", "--unit", "nt", "--period", "2023", "be_trai=62"])
        .expects(0);
    let word = district
        .office
        .file("mat-khau", "sông Thương\r\nhai\n".as_bytes());
    let word = word.to_str().unwrap();
    let file = district.file("a.nlb");
    let to = ["export", "--to", "P-LDTBXH", "-o", &file];
    // Without a recipient inside the signature there is no cover outside it.
    let bare = ["export", "-o", &file, "--passphrase-file", word];
    commune.run(&bare).expects(2);
    commune
        .run(&[&to[..], &["--passphrase"]].concat())
        .expects(2);
    let none = ["--encrypt-for", "age1khong"];
    commune.run(&[&to[..], &none].concat()).expects(3);
    assert!(!std::path::Path::new(&file).exists());
    for armour in [&[][..], &["--armour"]] {
        let words = [&to[..], &["--passphrase-file", word], armour].concat();
        commune.run(&words).expects(0);
        let state = office.state();
        office.run(&["import", &file]).expects(3);
        let wrong = office.file("sai", b"song Thuong\n");
        let wrong = [
            "import",
            &file,
            "--passphrase-file",
            wrong.to_str().unwrap(),
        ];
        let done = office.run(&wrong).expects(3);
        assert!(done.err.contains("không mở được"), "{}", done.err);
        let identity = office.file("khoa", b"# khong co\n");
        let identity = ["inspect", &file, "--identity", identity.to_str().unwrap()];
        office.run(&identity).expects(3);
        assert_eq!(office.state(), state);
        let inside = office.json(&["inspect", &file, "--json", "--passphrase-file", word]);
        assert_eq!(inside["to"], "P-LDTBXH");
    }
    office
        .run(&["import", &file, "--passphrase-file", word])
        .expects(0);
    let shown = office.json(&["show", "--unit", "nt", "--period", "2023", "--json"]);
    assert_eq!(crate::run::cell(&shown, "be_trai")["value"], "62");
}
