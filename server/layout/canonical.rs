//! The canonical form and its fingerprint: by these two programs know that they mean the same bytes.

use super::Slot;

/// What is hashed before the canonical form, so that a later version cannot be taken for this one.
const DOMAIN: &str = "metropipe/1";

/// `(string[256],i32)->f32`; `unit` for no result, `(A,B)` for several.
pub(super) fn canonical(params: &[Slot], results: &[Slot], several: bool) -> String {
    let spell = |slots: &[Slot]| {
        let types: Vec<String> = slots.iter().map(|slot| slot.wire.to_string()).collect();
        types.join(",")
    };
    let returned = match results {
        [] => "unit".to_string(),
        [only] if !several => only.wire.to_string(),
        _ => format!("({})", spell(results)),
    };
    format!("({})->{returned}", spell(params))
}

/// FNV-1a, 32 bits, over `metropipe/1` and the canonical form; 0 means raw bytes and becomes 1.
pub fn fingerprint(canonical: &str) -> u32 {
    let hash = DOMAIN
        .bytes()
        .chain(canonical.bytes())
        .fold(0x811c_9dc5_u32, |hash, byte| {
            (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        });
    hash.max(1)
}

#[cfg(test)]
mod tests {
    use super::fingerprint;

    #[test]
    fn the_fingerprint_is_the_one_that_the_format_names() {
        // From the format's own example, computed by another FNV implementation.
        assert_eq!(fingerprint("(string[256],i32,f32,bool)->f32"), 0x721e_9568);
    }
}
