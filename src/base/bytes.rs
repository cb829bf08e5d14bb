//! Little-endian reading of hand-written layouts: every length is checked against what is left
//! before anything is taken, so no promise of a hostile file is ever allocated for.

/// The error for bytes that end too early or say something the layout does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadBytes {
    /// The offset of the fault, from the beginning of what was being read.
    pub at: usize,
    /// The name of the part that was being read.
    pub what: &'static str,
}

/// Reads a layout from its beginning.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    all: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// Makes a reader over these bytes.
    pub fn new(all: &'a [u8]) -> Self {
        Self { all, at: 0 }
    }

    /// Returns how many bytes have been read.
    pub fn at(&self) -> usize {
        self.at
    }

    /// Returns true when nothing is left to read.
    pub fn is_empty(&self) -> bool {
        self.at == self.all.len()
    }

    /// Makes the error for a part that was read and makes no sense.
    pub fn bad(&self, what: &'static str) -> BadBytes {
        BadBytes { at: self.at, what }
    }

    /// Reads `length` bytes.
    pub fn take(&mut self, length: usize, what: &'static str) -> Result<&'a [u8], BadBytes> {
        let end = self.at.checked_add(length).ok_or(self.bad(what))?;
        let part = self.all.get(self.at..end).ok_or(self.bad(what))?;
        self.at = end;
        Ok(part)
    }

    /// Reads a fixed number of bytes.
    pub fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], BadBytes> {
        let at = self.at;
        let part = self.take(N, what)?;
        part.try_into().map_err(|_| BadBytes { at, what })
    }

    /// Reads one byte.
    pub fn u8(&mut self, what: &'static str) -> Result<u8, BadBytes> {
        Ok(u8::from_le_bytes(self.array(what)?))
    }

    /// Reads two bytes as an integer.
    pub fn u16(&mut self, what: &'static str) -> Result<u16, BadBytes> {
        Ok(u16::from_le_bytes(self.array(what)?))
    }

    /// Reads four bytes as an integer.
    pub fn u32(&mut self, what: &'static str) -> Result<u32, BadBytes> {
        Ok(u32::from_le_bytes(self.array(what)?))
    }

    /// Reads eight bytes as an integer.
    pub fn u64(&mut self, what: &'static str) -> Result<u64, BadBytes> {
        Ok(u64::from_le_bytes(self.array(what)?))
    }

    /// Reads a text with one byte of length before it.
    pub fn text(&mut self, what: &'static str) -> Result<&'a str, BadBytes> {
        let length = usize::from(self.u8(what)?);
        let at = self.at;
        std::str::from_utf8(self.take(length, what)?).map_err(|_| BadBytes { at, what })
    }

    /// Checks that nothing is left to read.
    pub fn end(&self) -> Result<(), BadBytes> {
        if self.is_empty() {
            Ok(())
        } else {
            Err(self.bad("end"))
        }
    }
}

/// Writes a text with one byte of length before it, cut at a character where it is longer.
pub fn put_text(out: &mut Vec<u8>, text: &str) {
    let mut end = text.len().min(255);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    out.push(u8::try_from(end).unwrap_or(0));
    out.extend(text.as_bytes().get(..end).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_promised_must_be_there() {
        let mut out = vec![7, 1, 0];
        put_text(&mut out, "xã");
        let mut reader = Reader::new(&out);
        assert_eq!((reader.u8("a"), reader.u16("b")), (Ok(7), Ok(1)));
        assert_eq!(reader.text("c"), Ok("xã"));
        assert_eq!(reader.end(), Ok(()));
        assert_eq!(
            reader.take(usize::MAX, "d"),
            Err(BadBytes { at: 7, what: "d" })
        );
        for cut in 0..out.len() {
            let mut reader = Reader::new(&out[..cut]);
            let all = (|| {
                reader.u8("a")?;
                reader.u16("b")?;
                reader.text("c").map(str::len)
            })();
            assert!(all.is_err(), "cut at {cut}");
        }
    }

    #[test]
    fn a_long_text_is_cut_at_a_character() {
        let mut out = Vec::new();
        put_text(&mut out, &"ệ".repeat(100));
        assert_eq!(Reader::new(&out).text("t"), Ok("ệ".repeat(85).as_str()));
    }
}
