//! Encodings: guessing one from the first bytes, and turning the bytes of cells into text.
//!
//! UTF-8, CP949 and windows-1252 are split into cells as bytes: no second byte of a CP949 character is a quotation
//! mark, a delimiter or a line end. UTF-16 is turned into UTF-8 first.

use std::io::Read;

use encoding_rs::{Decoder, EUC_KR, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::plan::Encoding;

/// The encoding the bytes most likely are in; `whole` says that nothing follows them.
pub(crate) fn guess(bytes: &[u8], whole: bool) -> Encoding {
    if bytes.starts_with(&[0xff, 0xfe]) {
        return Encoding::Utf16Le;
    }
    if bytes.starts_with(&[0xfe, 0xff]) {
        return Encoding::Utf16Be;
    }
    let utf8 = as_utf8(bytes, whole);
    if utf8.broken == 0 || bytes.starts_with(b"\xef\xbb\xbf") {
        return Encoding::Utf8;
    }
    let korean = as_cp949(bytes);
    match () {
        () if korean.broken == 0 => Encoding::Cp949,
        () if utf8.is_damaged(bytes) && utf8.broken <= korean.broken => Encoding::Utf8,
        () if korean.is_damaged(bytes) => Encoding::Cp949,
        // Letters of another encoding hardly ever are a character of UTF-8 by chance: rows of two encodings.
        () if utf8.characters > utf8.broken => Encoding::Utf8,
        () => Encoding::Windows1252,
    }
}

/// How a text reads in an encoding.
#[derive(Debug, Default)]
struct Reading {
    /// Characters beyond ASCII that this encoding is known by.
    characters: usize,
    /// Places that are no characters.
    broken: usize,
}

impl Reading {
    /// A few broken places in a long text, or among many characters, are damage and not another encoding: what is cut off
    /// in the middle of a character, for instance.
    fn is_damaged(&self, bytes: &[u8]) -> bool {
        self.broken * 2_000 < bytes.len() || self.broken * 4 <= self.characters
    }
}

fn as_utf8(bytes: &[u8], whole: bool) -> Reading {
    let mut reading = Reading::default();
    for chunk in bytes.utf8_chunks() {
        reading.characters += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        reading.broken += usize::from(!chunk.invalid().is_empty());
    }
    let ends_inside_a_character =
        !whole && std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none());
    reading.broken -= usize::from(ends_inside_a_character && reading.broken > 0);
    reading
}

fn as_cp949(bytes: &[u8]) -> Reading {
    let mut decoder = EUC_KR.new_decoder_without_bom_handling();
    let mut out = String::with_capacity(16 * 1024);
    let (mut at, mut reading) = (0, Reading::default());
    loop {
        let (result, read) = decoder.decode_to_string_without_replacement(&bytes[at..], &mut out, false);
        at += read;
        // Latin letters with marks make Chinese characters now and then, hardly ever Korean ones.
        reading.characters += out.chars().filter(|c| ('가'..='힣').contains(c)).count();
        out.clear();
        match result {
            encoding_rs::DecoderResult::InputEmpty => return reading,
            encoding_rs::DecoderResult::OutputFull => {}
            encoding_rs::DecoderResult::Malformed(..) => reading.broken += 1,
        }
    }
}

/// Bytes of one cell or row to text, appended to `out`; false when the encoding does not have them.
pub(crate) fn decode(encoding: Encoding, bytes: &[u8], out: &mut String) -> bool {
    let table = match encoding {
        Encoding::Cp949 if !bytes.is_ascii() => EUC_KR,
        Encoding::Windows1252 if !bytes.is_ascii() => WINDOWS_1252,
        _ => {
            let text = std::str::from_utf8(bytes);
            out.push_str(text.unwrap_or_default());
            return text.is_ok();
        }
    };
    let decoded = table.decode_without_bom_handling_and_without_replacement(bytes);
    out.push_str(decoded.as_deref().unwrap_or_default());
    decoded.is_some()
}

/// The same for text that is only shown: what cannot be read becomes `?`.
pub(crate) fn decode_for_showing(encoding: Encoding, bytes: &[u8]) -> String {
    match encoding {
        Encoding::Cp949 => EUC_KR.decode_without_bom_handling(bytes).0.into_owned(),
        Encoding::Windows1252 => WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// UTF-16 to UTF-8 while reading; what is not a character becomes U+FFFD.
pub(crate) struct Utf16<R> {
    inner: R,
    decoder: Decoder,
    input: Vec<u8>,
    /// What is decoded and not yet given away: a caller's buffer may have no room for a whole character.
    output: Vec<u8>,
    given: usize,
    ended: bool,
}

/// Bytes that are decoded at once.
const PIECE: usize = 16 * 1024;

impl<R: Read> Utf16<R> {
    pub fn new(inner: R, encoding: Encoding) -> Self {
        let table = if encoding == Encoding::Utf16Be { UTF_16BE } else { UTF_16LE };
        Self {
            inner,
            decoder: table.new_decoder(),
            input: vec![0; PIECE],
            output: Vec::new(),
            given: 0,
            ended: false,
        }
    }

    /// Decodes the next piece of the file.
    fn decode(&mut self) -> std::io::Result<()> {
        let filled = self.inner.read(&mut self.input)?;
        self.ended = filled == 0;
        let input = &self.input[..filled];
        let most = self.decoder.max_utf8_buffer_length(filled).unwrap_or(4 * PIECE);
        self.output.resize(most, 0);
        let (_, _, written, _) = self.decoder.decode_to_utf8(input, &mut self.output, self.ended);
        self.output.truncate(written);
        self.given = 0;
        Ok(())
    }
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        while self.given == self.output.len() && !self.ended {
            self.decode()?;
        }
        let count = (&self.output[self.given..]).read(buffer)?;
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guesses_by_content() {
        let korean = EUC_KR.encode("주문번호,고객명\n1,똠방각하\n").0.into_owned();
        assert_eq!(guess(&korean, true), Encoding::Cp949);
        assert_eq!(guess("주문번호,고객명".as_bytes(), true), Encoding::Utf8);
        assert_eq!(guess(&"주문번호".as_bytes()[..10], false), Encoding::Utf8);
        assert_eq!(guess(b"plain", true), Encoding::Utf8);
        assert_eq!(guess(&[0xff, 0xfe, b'a', 0], true), Encoding::Utf16Le);
        assert_eq!(guess(b"caf\xe9, \xa31 na\xefve,\xff", true), Encoding::Windows1252);
        let german = WINDOWS_1252.encode("Müller;Größe;Käse;Straße;1,50 €\n").0.into_owned();
        assert_eq!(guess(&german, true), Encoding::Windows1252);
    }

    #[test]
    fn damage_in_a_small_file_does_not_change_its_encoding() {
        let rows = "order,name\n1,홍길동\n2,김하나\n3,서울시 강남구\n";
        let korean = EUC_KR.encode(rows).0.into_owned();
        assert_eq!(guess(&[&korean[..], &korean[11..14]].concat(), true), Encoding::Cp949);
        let utf8 = rows.as_bytes();
        assert_eq!(guess(&[utf8, &"홍".as_bytes()[..2], b"\n"].concat(), true), Encoding::Utf8);
        let mixed = [utf8, &EUC_KR.encode("4,이둘\n").0].concat();
        assert_eq!(guess(&mixed, true), Encoding::Utf8, "rows of the other encoding are set aside");
    }

    #[test]
    fn a_few_broken_characters_do_not_change_the_encoding() {
        let mut text = "주문번호,고객명,금액\n".repeat(2_000).into_bytes();
        text[9_000] = 0xff;
        assert_eq!(guess(&text, true), Encoding::Utf8);
    }

    #[test]
    fn sixteen_bit_text_is_read_as_utf8() {
        let bytes: Vec<u8> = "\u{feff}이름,금액\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut text = String::new();
        Utf16::new(bytes.as_slice(), Encoding::Utf16Le).read_to_string(&mut text).unwrap();
        assert_eq!(text, "이름,금액\n");
    }

    #[test]
    fn sixteen_bit_text_is_read_whatever_room_there_is_for_it() {
        let words = "가나다😀".repeat(9_000);
        let bytes: Vec<u8> = words.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for room in 1..=5 {
            let (mut reader, mut buffer) = (Utf16::new(bytes.as_slice(), Encoding::Utf16Be), vec![0; room]);
            let mut text = Vec::new();
            loop {
                let count = reader.read(&mut buffer).unwrap();
                if count == 0 {
                    break;
                }
                text.extend_from_slice(&buffer[..count]);
            }
            assert_eq!(String::from_utf8(text).unwrap(), words, "{room}");
        }
    }
}
