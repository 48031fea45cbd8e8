//! The file of a model: a header of 64 bytes, then a byte a weight. All numbers little-endian.
//!
//! | bytes | what |
//! | --- | --- |
//! | 0..8 | `DGLTONE` and the format version |
//! | 8..12 | language, log2 of the weights, longest n-gram, longest word n-gram |
//! | 12..16 | texts trained on |
//! | 16..40 | slope and offset of the calibration, scale of the weights |
//! | 40..56 | zero |
//! | 56..64 | checksum of everything else: FNV-1a over words of eight bytes |

use super::calibrate::Platt;
use super::features::Features;
use super::model::{Language, Model};
use std::borrow::Cow;
use std::fmt;

const MAGIC: &[u8; 7] = b"DGLTONE";
const VERSION: u8 = 1;
const HEADER: usize = 64;
const CHECKSUM: std::ops::Range<usize> = 56..64;

/// Why a file is not a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileError {
    /// It does not begin as a model does.
    NotAModel,
    /// Another version of the format.
    Version(u8),
    /// Cut off, or longer than its header says.
    Length {
        /// Bytes given.
        have: usize,
        /// Bytes needed.
        need: usize,
    },
    /// The checksum differs: some byte was changed.
    Damaged,
    /// A figure in the header makes no sense.
    Header,
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAModel => {
                f.write_str("This is not a sentiment model; choose a file the training wrote.")
            }
            Self::Version(found) => {
                write!(f, "The model has format {found}, this program reads {VERSION}; train it again.")
            }
            Self::Length { have, need } => {
                write!(f, "The model has {have} bytes instead of {need}; copy the file again.")
            }
            Self::Damaged => f.write_str("The model's checksum is wrong; copy the file again."),
            Self::Header => f.write_str("The model's header makes no sense; train it again."),
        }
    }
}

impl std::error::Error for FileError {}

impl Model {
    /// Reads a model; borrowed bytes stay where they are.
    ///
    /// # Errors
    /// [`FileError`] says what is wrong with the file.
    pub fn from_bytes(bytes: Cow<'static, [u8]>) -> Result<Self, FileError> {
        let header = header(&bytes)?;
        let number = |at: usize| f64::from_le_bytes(eight(&bytes, at));
        let (platt, scale) = (Platt { slope: number(16), offset: number(24) }, number(32));
        let language = match header[8] {
            0 => Language::Korean,
            1 => Language::English,
            _ => return Err(FileError::Header),
        };
        let sound = [platt.slope, platt.offset, scale].iter().all(|v| v.is_finite());
        if !sound || header[10] == 0 {
            return Err(FileError::Header);
        }
        let features = Features { bits: header[9], longest_gram: header[10], longest_phrase: header[11] };
        let texts = u32::from_le_bytes([header[12], header[13], header[14], header[15]]);
        let weights = match bytes {
            Cow::Borrowed(bytes) => Cow::Borrowed(&bytes[HEADER..]),
            Cow::Owned(mut bytes) => {
                bytes.drain(..HEADER);
                Cow::Owned(bytes)
            }
        };
        Ok(Self { language, features, texts, platt, scale, weights })
    }

    /// The bytes of the file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER + self.weights.len());
        bytes.extend_from_slice(MAGIC);
        bytes.push(VERSION);
        let language = match self.language {
            Language::Korean => 0,
            Language::English => 1,
        };
        let Features { bits, longest_gram, longest_phrase } = self.features;
        bytes.extend_from_slice(&[language, bits, longest_gram, longest_phrase]);
        bytes.extend_from_slice(&self.texts.to_le_bytes());
        for number in [self.platt.slope, self.platt.offset, self.scale] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes.resize(HEADER, 0);
        bytes.extend_from_slice(&self.weights);
        let sum = checksum(&bytes);
        bytes[CHECKSUM].copy_from_slice(&sum.to_le_bytes());
        bytes
    }
}

fn header(bytes: &[u8]) -> Result<[u8; HEADER], FileError> {
    let header: [u8; HEADER] =
        bytes.get(..HEADER).and_then(|h| h.try_into().ok()).ok_or(FileError::NotAModel)?;
    if &header[..7] != MAGIC {
        return Err(FileError::NotAModel);
    }
    if header[7] != VERSION {
        return Err(FileError::Version(header[7]));
    }
    if !(3..=28).contains(&header[9]) {
        return Err(FileError::Header);
    }
    let need = HEADER + (1_usize << header[9]);
    if bytes.len() != need {
        return Err(FileError::Length { have: bytes.len(), need });
    }
    if checksum(bytes).to_le_bytes() != header[CHECKSUM] {
        return Err(FileError::Damaged);
    }
    Ok(header)
}

fn eight(bytes: &[u8], at: usize) -> [u8; 8] {
    std::array::from_fn(|i| bytes[at + i])
}

/// FNV-1a over words of eight bytes, without the checksum itself.
fn checksum(bytes: &[u8]) -> u64 {
    let add = |sum: u64, word: &[u8]| {
        (sum ^ u64::from_le_bytes(eight(word, 0))).wrapping_mul(0x0000_0100_0000_01b3)
    };
    let parts = [&bytes[..CHECKSUM.start], &bytes[CHECKSUM.end..]];
    parts.into_iter().flat_map(|part| part.chunks_exact(8)).fold(0xcbf2_9ce4_8422_2325, add)
}
