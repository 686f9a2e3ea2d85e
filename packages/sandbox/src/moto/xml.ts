/** An element of an answer of AWS's query protocol, which has no attributes that matter and no mixed content. */
export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  /** The text between its tags, where it has no children. */
  readonly text: string;
}

const TAG = /<([/?!]?)([^\s/>]*)[^>]*?(\/?)>/g;
const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

/**
 * Reads an answer of the query protocol.
 * @returns its root element; undefined where the text is no such answer.
 */
export function parseXml(text: string): XmlElement | undefined {
  const root = { name: "", children: [] as XmlElement[], text: "", start: 0 };
  const open = [root];
  for (const tag of text.matchAll(TAG)) {
    const [whole, kind, name = "", selfClosing] = tag;
    const parent = open.at(-1) ?? root;
    if (kind === "?" || kind === "!") continue;
    if (kind === "/") {
      if (open.length === 1 || parent.name !== name) return undefined;
      if (parent.children.length === 0) parent.text = unescaped(text.slice(parent.start, tag.index));
      open.pop();
      continue;
    }
    const element = { name, children: [], text: "", start: tag.index + whole.length };
    parent.children.push(element);
    if (selfClosing === "") open.push(element);
  }
  return open.length === 1 ? root.children[0] : undefined;
}

/** The element that is reached by these names, one below the other. */
export function childOf(element: XmlElement | undefined, ...path: readonly string[]): XmlElement | undefined {
  return path.reduce((at, name) => at?.children.find((child) => child.name === name), element);
}

function unescaped(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    return ENTITIES[name] ?? whole;
  });
}
