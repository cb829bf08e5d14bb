//! The two layouts: numbers of fixed size in the file, varints in the entries.

use super::Fault;

#[derive(Clone, Copy)]
pub struct Bytes<'a>(pub &'a [u8]);

impl<'a> Bytes<'a> {
    pub fn take(&mut self, length: usize) -> Result<&'a [u8], Fault> {
        let (part, rest) = self.0.split_at_checked(length).ok_or("too short")?;
        self.0 = rest;
        Ok(part)
    }

    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let part = self.take(N)?;
        part.try_into().map_err(|_| "too short".to_owned())
    }

    pub fn u8(&mut self) -> Result<u8, Fault> {
        Ok(self.array::<1>()?[0])
    }

    pub fn u16(&mut self) -> Result<u16, Fault> {
        self.array().map(u16::from_le_bytes)
    }

    pub fn u32(&mut self) -> Result<u32, Fault> {
        self.array().map(u32::from_le_bytes)
    }

    pub fn u64(&mut self) -> Result<u64, Fault> {
        self.array().map(u64::from_le_bytes)
    }

    /// A length, in whatever it was written, as it is used here.
    pub fn length(&mut self) -> Result<usize, Fault> {
        let length = self.u32()?;
        usize::try_from(length).map_err(|_| "length".to_owned())
    }

    /// A text of the header: one byte of length before it.
    pub fn short_text(&mut self) -> Result<String, Fault> {
        let length = usize::from(self.u8()?);
        utf8(self.take(length)?)
    }

    /// A list of the header: how many, then each.
    pub fn list<T>(
        &mut self,
        item: impl Fn(&mut Self) -> Result<T, Fault>,
    ) -> Result<Vec<T>, Fault> {
        let mut items = Vec::new();
        for _ in 0..self.u32()? {
            items.push(item(self)?);
        }
        Ok(items)
    }

    pub fn varint(&mut self) -> Result<u64, Fault> {
        Ok(match self.u8()? {
            small @ 0..=250 => small.into(),
            251 => self.u16()?.into(),
            252 => self.u32()?.into(),
            253 => self.u64()?,
            _ => return Err("varint".to_owned()),
        })
    }

    /// A varint of a field of 16 or 32 bits, which is never written longer than such a field.
    pub fn fitting<T: TryFrom<u64>>(&mut self) -> Result<T, Fault> {
        let widest = match size_of::<T>() {
            0..=2 => 251,
            3..=4 => 252,
            _ => 253,
        };
        if self.0.first().is_some_and(|first| *first > widest) {
            return Err("varint of a smaller field".to_owned());
        }
        T::try_from(self.varint()?).map_err(|_| "number too large".to_owned())
    }

    pub fn zigzag(&mut self) -> Result<i64, Fault> {
        let coded = self.varint()?;
        let half = i64::try_from(coded >> 1).map_err(|_| "number")?;
        Ok(if coded & 1 == 0 { half } else { -1 - half })
    }

    pub fn bytes(&mut self) -> Result<&'a [u8], Fault> {
        let length = self.fitting()?;
        self.take(length)
    }

    pub fn string(&mut self) -> Result<String, Fault> {
        utf8(self.bytes()?)
    }

    /// A list of an entry.
    pub fn items<T>(
        &mut self,
        item: impl Fn(&mut Self) -> Result<T, Fault>,
    ) -> Result<Vec<T>, Fault> {
        let mut items = Vec::new();
        for _ in 0..self.varint()? {
            items.push(item(self)?);
        }
        Ok(items)
    }

    pub fn end(&self) -> Result<(), Fault> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(format!("{} bytes left over", self.0.len()))
        }
    }
}

fn utf8(bytes: &[u8]) -> Result<String, Fault> {
    String::from_utf8(bytes.to_vec()).map_err(|_| "no UTF-8".to_owned())
}

/// Characters that no text may have.
pub fn is_hidden(c: char) -> bool {
    let c = c as u32;
    let ranges = [
        (0x0000, 0x001f),
        (0x007f, 0x009f),
        (0x00ad, 0x00ad),
        (0x034f, 0x034f),
        (0x061c, 0x061c),
        (0x115f, 0x1160),
        (0x17b4, 0x17b5),
        (0x180b, 0x180f),
        (0x200b, 0x200f),
        (0x2028, 0x202e),
        (0x2060, 0x206f),
        (0x3164, 0x3164),
        (0xe000, 0xf8ff),
        (0xfe00, 0xfe0f),
        (0xfeff, 0xfeff),
        (0xffa0, 0xffa0),
        (0xfff0, 0xfffb),
        (0x1d173, 0x1d17a),
        (0xe0000, 0x0010_ffff),
    ];
    ranges.iter().any(|(from, to)| (*from..=*to).contains(&c)) || c & 0xfffe == 0xfffe
}

/// A text that people wrote.
pub fn check_text(text: &str) -> Result<(), Fault> {
    use unicode_normalization::UnicodeNormalization;
    let fault = |what: &str| Err(format!("{what}: {text:?}"));
    if text.chars().any(is_hidden) {
        return fault("hidden character");
    }
    if text
        .chars()
        .any(|c| matches!(c, '\u{a0}' | '\u{202f}' | '\u{d0}'))
    {
        return fault("a character written otherwise");
    }
    if text.trim() != text || text.chars().count() > 4_000 || !text.nfc().eq(text.chars()) {
        return fault("not as it is kept");
    }
    Ok(())
}

/// The id of a unit, a period, a field, a rule or a plan.
pub fn check_id(id: &str) -> Result<(), Fault> {
    if id.is_empty() || id.len() > 64 || id.chars().any(is_hidden) {
        return Err(format!("id {id:?}"));
    }
    Ok(())
}
