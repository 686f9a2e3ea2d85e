/**
 * True where `pattern` matches all of `text`: `*` is any run of characters, `?` any one, everything else itself.
 * IAM has no other wildcards: no classes, no escapes. Two pointers and one place to go back to, so the time is
 * at most the product of the lengths, whatever the pattern; nothing is compiled to a RegExp.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function globMatches(pattern: string, text: string): boolean {
  let at = 0;
  let inText = 0;
  let afterStar = -1;
  let starTook = 0;
  while (inText < text.length) {
    const code = pattern.charCodeAt(at);
    if (code === STAR) {
      afterStar = at + 1;
      if (afterStar === pattern.length) return true;
      starTook = inText;
      at = afterStar;
    } else if (code === QUESTION_MARK || code === text.charCodeAt(inText)) {
      at += 1;
      inText += 1;
    } else if (afterStar !== -1) {
      // On to the next place where what follows the star may begin.
      const next = pattern.charCodeAt(afterStar);
      starTook =
        next === QUESTION_MARK ? starTook + 1 : text.indexOf(pattern.charAt(afterStar), starTook + 1);
      if (starTook === -1) return false;
      at = afterStar;
      inText = starTook;
    } else return false;
  }
  while (pattern.charCodeAt(at) === STAR) at += 1;
  return at === pattern.length;
}

const STAR = 42;
const QUESTION_MARK = 63;

/** False for a text that matches itself and nothing else. */
export function hasWildcard(glob: string): boolean {
  return glob.includes("*") || glob.includes("?");
}

/** False where no text that begins with `beginning`, or is part of it, can match. */
export function mayStartLike(pattern: string, beginning: string): boolean {
  const [literal = ""] = pattern.split("*", 1);
  return [...literal.slice(0, beginning.length)].every(
    (character, at) => character === "?" || character === beginning[at],
  );
}

/** How long a text must be at least to match: the pattern without its stars. */
export function leastLength(pattern: string): number {
  return pattern.replaceAll("*", "").length;
}

/** Upper-case ASCII letters lowered and nothing else: U+212A is no k, as it would be after `toLowerCase()`. */
export function foldAscii(text: string): string {
  return /[^ -~]/.test(text)
    ? text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
    : text.toLowerCase();
}

/** True for `*`, `**`, …: they match everything. */
export function isAllStars(pattern: string): boolean {
  return /^\*+$/.test(pattern);
}
