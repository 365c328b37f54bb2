//! Who may have made a component: signatures in the format of
//! [minisign](https://jedisct1.github.io/minisign/), as the tool makes them.
//!
//! [`Signers`] are the keys of whom something is accepted from; none of them means
//! that nothing is asked. They judge the bytes of a component by the text of its
//! [`Signature`], before anything of the component is compiled.

mod key;
mod signature;
mod signers;

pub use key::{InvalidKey, KeyId, PublicKey};
pub use signature::{InvalidSignature, Signature};
pub use signers::{Signers, Unsigned, Wanted};
