//! The stored format, pinned: what was once stored has to open for ever. The bytes
//! were made with libsodium, not with this crate.

use runnel_secrets::{ExposeSecret, Sealed, SealedDataKey};

use crate::{PLACE, TENANT, ring};

const KEY: &str = "2026:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const DATA_KEY: &str = "010432303236000102030405060708090a0b0c0d0e0f1011121314151617\
    faa76918f8bbe7c55f2948a1bb23da9b3f325ed285af6790036741c9bd2c77da1bc5048118b8c937921a5c6f06ddba50";
const CREDENTIAL: &str = "01c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedf\
    d6a30a55ca40b9f39d7553a9220534178408abb014567ef670fcb3";

fn bytes(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks(2);
    digits
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

#[test]
fn what_another_implementation_stored_opens() {
    let wrapped = SealedDataKey::from_bytes(&bytes(DATA_KEY)).unwrap();
    let sealed = Sealed::from_bytes(&bytes(CREDENTIAL)).unwrap();
    let key = ring(&[KEY]).unwrap(TENANT, &wrapped).unwrap();
    assert_eq!(
        key.open(&PLACE, &sealed).unwrap().expose_secret(),
        "ghp_example"
    );
}

#[test]
fn what_is_stored_has_the_lengths_of_the_format() {
    let (key, wrapped) = ring(&[KEY]).new_data_key(TENANT).unwrap();
    let sealed = key.seal(&PLACE, &"ghp_example".into()).unwrap();
    assert_eq!(wrapped.to_bytes().len(), bytes(DATA_KEY).len());
    assert_eq!(wrapped.to_bytes()[..6], bytes(DATA_KEY)[..6]);
    assert_eq!(sealed.to_bytes().len(), bytes(CREDENTIAL).len());
    assert_eq!(sealed.to_bytes()[0], 1);
}
