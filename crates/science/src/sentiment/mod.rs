//! Whether a review praises or complains: hashed character n-grams and a linear model.
//!
//! A text becomes the set of its character n-grams, words and word pairs, hashed into a table of weights; the sum of the
//! weights, over the root of their number, is the log-odds of praise before calibration. The weights are learned by
//! logistic regression on features scaled by their naive Bayes log-count ratio and idf (Wang & Manning 2012, "Baselines and
//! bigrams", with idf), calibrated by Platt's method on texts held out, and stored with 8 bits each.
//!
//! [`korean`] is the model that ships, trained on the ratings of NSMC (150,071 film reviews, CC0 1.0). On 49,929 others it is
//! right in 87.8 % (Brier score .088, calibration error .008). It was measured on film reviews only: expect less on other
//! things, and look at the probability before acting on a single review. English is trained locally; its settings are right
//! in 80.4 % of ten folds of rt-polarity.
//!
//! ```text
//! cargo run -p dangol-science --release --example train_sentiment -- korean train.tsv.gz crates/science/src/sentiment/ko.bin
//! cargo run -p dangol-science --release --example train_sentiment -- english positive.txt.gz negative.txt.gz en.bin
//! ```
//!
//! Same texts, same order, same options: the same file to the last bit, for any number of threads.
//!
//! ```
//! use science::sentiment::{Tone, korean};
//!
//! assert_eq!(korean().judge("배송도 빠르고 정말 최고예요 감동").unwrap().tone, Tone::Praise);
//! assert_eq!(korean().judge("최악이다 돈 아깝다 실망").unwrap().tone, Tone::Complaint);
//! assert!(korean().judge("The parcel came late.").is_err());
//! ```

mod calibrate;
mod explain;
mod features;
mod file;
mod learn;
mod model;
mod train;

pub use calibrate::{Calibration, Platt, calibration};
pub use explain::{Explanation, Push};
pub use features::{Features, MAX_CHARACTERS};
pub use file::FileError;
pub use model::{CannotTell, Judgement, Language, Model, Tone};
pub use train::{Labelled, TrainError, Training, train};

use std::borrow::Cow;
use std::sync::LazyLock;

static KOREAN: LazyLock<Model> = LazyLock::new(|| {
    Model::from_bytes(Cow::Borrowed(include_bytes!("ko.bin"))).expect("a test reads the file that ships")
});

/// The Korean model that ships; the weights stay where the program was loaded.
pub fn korean() -> &'static Model {
    &KOREAN
}
