//! What programs say: an error as a line, and others' names in it, which may be any bytes.

/// The most characters of a message, and how many of them are its end, where the reason stands.
const MOST: usize = 600;
const END: usize = 200;

/// An error and its causes as a line. A cause that the message before it ends with is not said again.
pub fn line(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if text.is_empty() {
            text = cause;
        } else if !text.ends_with(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    printable(text.trim_end())
}

/// A text of others as a part of a line: what would move or colour the terminal is escaped, and what is longer than
/// anybody reads is cut in its middle.
pub fn printable(text: &str) -> String {
    let length = text.chars().count();
    let cut = |it: &mut dyn Iterator<Item = char>| it.map(escaped).collect::<String>();
    if length <= MOST {
        return cut(&mut text.chars());
    }
    let start = cut(&mut text.chars().take(MOST - END));
    format!("{start} … {}", cut(&mut text.chars().skip(length - END)))
}

fn escaped(character: char) -> String {
    if character.is_control() {
        character.escape_default().to_string()
    } else {
        character.to_string()
    }
}
