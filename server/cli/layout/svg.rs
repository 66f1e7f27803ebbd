//! The layout as a picture: every field a bar, padding hatched, offsets below.
//!
//! Sizes reach from one byte to megabytes, so a bar's width grows with the logarithm of its size. The
//! colours follow the reader's scheme by a media query; nothing in it runs.

use std::fmt::Write as _;

use super::Exportable;
use crate::layout::Slot;

const WIDTH: u32 = 760;
const MARGIN: u32 = 20;
const BAR: u32 = 40;
const LINE: u32 = 78;
const ROW: u32 = 24;

const STYLE: &str = "\
  :root { color-scheme: light dark }
  text { font: 13px ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; fill: #1f2328 }
  .title { font-weight: bold; font-size: 15px }
  .dim { fill: #59636e; font-size: 11px }
  .paper { fill: #ffffff }
  .bar { stroke: #59636e; stroke-width: 1 }
  .param { fill: #cfe4ff }
  .result { fill: #d5f0d0 }
  .gap { fill: url(#hatch) }
  .hatch { stroke: #8c959f; stroke-width: 1 }
  .line { stroke: #d1d9e0; stroke-width: 1 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .dim { fill: #9198a1 }
    .paper { fill: #0d1117 }
    .param { fill: #123c69 }
    .result { fill: #1b4721 }
    .hatch { stroke: #656c76 }
    .line { stroke: #3d444d }
  }
";

/// A stretch of the payload.
struct Bar<'a> {
    /// `None` for padding.
    slot: Option<&'a Slot>,
    class: &'static str,
    offset: u32,
    size: u32,
}

pub fn draw(one: &Exportable) -> String {
    let bars = bars(one);
    let mut map = String::new();
    let bottom = draw_map(&bars, 86, &mut map);
    let mut rows = String::new();
    let height = draw_rows(&bars, bottom + 24, &mut rows) + MARGIN;
    let layout = &one.layout;
    let name = escaped(&one.function.name);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" role=\"img\">\n\
         <title>Byte layout of {name}</title>\n<style>\n{STYLE}</style>\n\
         <defs><pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><line class=\"hatch\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"6\"/></pattern></defs>\n\
         <rect class=\"paper\" width=\"{WIDTH}\" height=\"{height}\"/>\n"
    );
    text(&mut svg, MARGIN, 32, "title", &name);
    text(&mut svg, MARGIN, 52, "dim", &escaped(&layout.canonical));
    let sizes = format!(
        "request {}, payload {}, capacity {} bytes; fingerprint {:#010x}",
        layout.request_size, layout.payload_size, layout.capacity, layout.fingerprint
    );
    text(&mut svg, MARGIN, 70, "dim", &sizes);
    svg + &map + &rows + "</svg>\n"
}

fn bars<'a>(one: &'a Exportable) -> Vec<Bar<'a>> {
    let params = one.layout.params.iter().map(|slot| (slot, "param"));
    let results = one.layout.results.iter().map(|slot| (slot, "result"));
    let mut bars = Vec::new();
    let mut end = 0;
    for (slot, class) in params.chain(results) {
        if slot.offset > end {
            bars.push(Bar {
                slot: None,
                class: "gap",
                offset: end,
                size: slot.offset - end,
            });
        }
        bars.push(Bar {
            slot: Some(slot),
            class,
            offset: slot.offset,
            size: slot.size,
        });
        end = slot.offset + slot.size;
    }
    bars
}

/// The bars in lines, and where the last line ends.
fn draw_map(bars: &[Bar], top: u32, svg: &mut String) -> u32 {
    let (mut x, mut y) = (MARGIN, top);
    for bar in bars {
        let name = bar.slot.map_or("", |slot| &slot.name);
        let letters = name.chars().count() as u32;
        let width = (12 * (u32::BITS - bar.size.leading_zeros()) + 12)
            .max(letters * 8 + 12)
            .min(WIDTH - 2 * MARGIN);
        // Room for the offset below a narrow bar.
        let width = if bar.slot.is_some() {
            width.max(44)
        } else {
            30
        };
        if x + width > WIDTH - MARGIN {
            (x, y) = (MARGIN, y + LINE);
        }
        let class = bar.class;
        let _ = writeln!(
            svg,
            "<rect class=\"bar {class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{BAR}\"/>"
        );
        text(
            svg,
            x + 6,
            y + 25,
            "",
            &escaped(&shortened(name, (width - 8) / 8)),
        );
        text(svg, x, y + BAR + 14, "dim", &bar.offset.to_string());
        x += width;
    }
    y + LINE
}

fn draw_rows(bars: &[Bar], top: u32, svg: &mut String) -> u32 {
    const COLUMNS: [u32; 5] = [MARGIN + 24, 210, 390, 590, 690];
    let mut y = top;
    for (x, title) in COLUMNS
        .iter()
        .zip(["name", "source type", "wire type", "offset", "bytes"])
    {
        text(svg, *x, y, "dim", title);
    }
    for bar in bars {
        let Some(slot) = bar.slot else { continue };
        let line = y + 8;
        y += ROW;
        let right = WIDTH - MARGIN;
        let _ = writeln!(
            svg,
            "<line class=\"line\" x1=\"{MARGIN}\" y1=\"{line}\" x2=\"{right}\" y2=\"{line}\"/>"
        );
        let _ = writeln!(
            svg,
            "<rect class=\"bar {}\" x=\"{MARGIN}\" y=\"{}\" width=\"14\" height=\"12\"/>",
            bar.class,
            y - 11
        );
        let offset = format!("{} {:#x}", slot.offset, slot.offset);
        let cells = [
            (slot.name.clone(), 19),
            (slot.source_type.clone(), 21),
            (slot.wire.to_string(), 24),
            (offset, 12),
            (slot.size.to_string(), 8),
        ];
        for (x, (cell, most)) in COLUMNS.iter().zip(cells) {
            text(svg, *x, y, "", &escaped(&shortened(&cell, most)));
        }
    }
    y
}

/// `content` is escaped.
fn text(svg: &mut String, x: u32, y: u32, class: &str, content: &str) {
    if !content.is_empty() {
        let _ = writeln!(
            svg,
            "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{content}</text>"
        );
    }
}

fn shortened(text: &str, most: u32) -> String {
    let most = most as usize;
    if text.chars().count() <= most {
        return text.into();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    kept + "\u{2026}"
}

/// As text of an XML document; characters that XML cannot hold are replaced.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
