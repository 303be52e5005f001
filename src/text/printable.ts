/**
 * Control characters (a terminal obeys them), the two separators that some readers take for a line's end, and the marks that
 * turn the direction of writing (with them a value could pass for another one).
 */
// eslint-disable-next-line no-control-regex -- they are what is looked for
const unprintable = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** The text on one line, with all that a terminal would not simply show as JSON's escapes; JSON stays the same JSON. */
export function printable(text: string): string {
  return text.replace(unprintable, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
