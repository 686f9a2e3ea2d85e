/** What JSON may hold as it is and a terminal may obey or hide: C1 controls, DEL, bidi overrides, zero-width. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** JSON on one line, equal to what `JSON.stringify` makes, though safe to print on a terminal. */
export function jsonText(value: object): string {
  return JSON.stringify(value).replace(UNPRINTABLE, (character) =>
    // Beyond the basic plane JSON writes a character as its two UTF-16 units.
    character
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}
