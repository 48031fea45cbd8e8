use super::*;
use serde_json::json;

/// RFC 7515, A.2.1 and A.3.1: the payload, and both signatures over it.
const PAYLOAD: &str =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
const RS256: &str = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdb\
    F9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6\
    _dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0i\
    gcN_IoypGlUPQGe77Rw";
const ES256: &str = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

fn rsa() -> Value {
    json!({ "kty": "RSA", "e": "AQAB", "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4\
        qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXn\
        dS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWN\
        moudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ" })
}

fn ec() -> Value {
    json!({ "kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0" })
}

fn token(header: &Value, signature: &str) -> String {
    format!("{}.{PAYLOAD}.{signature}", URL_SAFE_NO_PAD.encode(header.to_string()))
}

fn keys(keys: &[Value]) -> Keys {
    Keys { keys: keys.to_vec() }
}

#[test]
fn the_examples_of_rfc_7515_are_signed_by_their_keys_alone() {
    let (rs256, es256) = (token(&json!({ "alg": "RS256" }), RS256), token(&json!({ "alg": "ES256" }), ES256));
    let unknown = json!({ "kty": "AKP", "alg": "ML-DSA-65", "pub": 1 });
    for token in [&rs256, &es256] {
        assert_eq!(signed(token, &keys(&[unknown.clone(), ec(), rsa()])), Ok(PAYLOAD));
        assert!(
            signed(&token.replace("Qc_lF5YK", "Qc_lF5YL").replace("DtEh", "DtEi"), &keys(&[ec(), rsa()]))
                .is_err()
        );
    }
    assert!(signed(&rs256, &keys(&[ec()])).is_err());
    assert!(signed(&es256, &keys(&[rsa()])).is_err());
    assert!(signed(&es256, &keys(&[])).is_err());
}

#[test]
fn a_key_is_of_its_kind_and_purpose() {
    let es256 = token(&json!({ "alg": "ES256" }), ES256);
    for (field, value) in [("use", "enc"), ("alg", "ES384"), ("crv", "P-384"), ("kty", "OKP"), ("x", "AAAA")]
    {
        let mut key = ec();
        key[field] = json!(value);
        assert!(signed(&es256, &keys(&[key])).is_err(), "{field} {value}");
    }
}

#[test]
fn what_is_no_token_is_refused() {
    let es256 = token(&json!({ "alg": "ES256" }), ES256);
    let padded = format!("{es256}==");
    let long = format!("{es256}.{}", "A".repeat(TOKEN));
    for wrong in ["", ".", "..", "a.b", "e30.e30.", "bnVsbA.bnVsbA.AA", &padded, &long] {
        assert!(signed(wrong, &keys(&[ec(), rsa()])).is_err(), "{wrong:.60}");
    }
    for header in [
        json!({ "alg": "none" }),
        json!({ "alg": "HS256" }),
        json!({ "alg": "es256" }),
        json!({ "alg": "ES256", "crit": ["b64"] }),
        json!({ "alg": "ES256", "typ": "at+jwt" }),
        json!({ "alg": "ES256", "typ": "logout+jwt" }),
        json!({ "alg": "HS256", "jwk": { "kty": "oct", "k": "AAAA" } }),
        json!({ "alg": "ES256", "kid": "another" }),
    ] {
        assert!(signed(&token(&header, ES256), &keys(&[ec(), rsa()])).is_err(), "{header}");
    }
}

#[test]
fn a_time_outside_of_all_time_is_none() {
    assert_eq!(instant(1), Some(Instant::from_micros(1_000_000)));
    assert_eq!([i64::MAX, i64::MIN, i64::MAX / 1_000_000].map(instant), [None; 3]);
}
