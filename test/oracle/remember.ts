/** A memory that starts again when it is full: a run over a million documents does not fill the machine's. */
export function remembering<Value>(most = 100_000) {
  const known = new Map<string, Value>();
  return (key: string, make: () => Value): Value => {
    const value = known.get(key);
    if (value !== undefined) return value;
    const made = make();
    if (known.size >= most) known.clear();
    known.set(key, made);
    return made;
  };
}
