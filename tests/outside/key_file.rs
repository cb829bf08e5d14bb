//! A key file.

use super::{Fault, verify};

pub struct KeyFile {
    pub unit: String,
    pub name: String,
    pub key: [u8; 32],
}

pub fn read(text: &str) -> Result<KeyFile, Fault> {
    let mut lines = text.lines();
    if lines.next() != Some("NHAPLIEU KEY 1") {
        return Err("no key file".to_owned());
    }
    let mut field = |name: &str| {
        let value = lines.next().and_then(|line| line.strip_prefix(name));
        value.map(str::to_owned).ok_or_else(|| name.to_owned())
    };
    let (unit, name) = (field("unit: ")?, field("name: ")?);
    let (key, signature) = (field("key: ")?, field("signature: ")?);
    let signed = format!("NHAPLIEU KEY 1\nunit: {unit}\nname: {name}\nkey: {key}\n");
    let key = unhex(&key)?;
    verify(
        &key,
        &[b"nhaplieu-key-v1", signed.as_bytes()],
        &unhex(&signature)?,
    )?;
    Ok(KeyFile { unit, name, key })
}

fn unhex<const N: usize>(digits: &str) -> Result<[u8; N], Fault> {
    let pairs = digits.as_bytes().chunks(2);
    let bytes: Option<Vec<u8>> = pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect();
    let bytes = bytes.and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| "hex".to_owned())
}
