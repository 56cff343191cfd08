/** SQL with a value in it, as programs write it for PostgreSQL and MariaDB, among tokens that are hard to tell apart. */
export class Statements {
  private readonly random: () => number;

  constructor(random: () => number) {
    this.random = random;
  }

  /** A statement of one of the dialects, which reads `secret` as a value or as a comment. */
  with(secret: string): string {
    const isMaria = this.random() < 0.5;
    const parts = Array.from({ length: 1 + this.number(3) }, () => this.harmless(isMaria));
    parts.splice(this.number(parts.length + 1), 0, this.literal(secret, isMaria));
    return `${this.one(['SELECT', 'UPDATE t SET a =', 'INSERT INTO t VALUES'])} ${parts.join(', ')} FROM acct`;
  }

  private literal(text: string, isMaria: boolean): string {
    const common = [`'${text.replaceAll(isMaria ? /['\\]/g : "'", (found) => found + found)}'`];
    const line = `-- ${text.replaceAll('\n', ' ')}\n 1`;
    const block = `/* ${text.replaceAll(/\*\/|\/\*/g, ' ')} */ 1`;
    if (isMaria) {
      const escaped = text.replaceAll(/['"\\]/g, (found) => `\\${found}`);
      const hash = `# ${text.replaceAll('\n', ' ')}\n 1`;
      return this.one([...common, `'${escaped}'`, `"${escaped}"`, line, block, hash]);
    }
    const escaped = text.replaceAll(/['\\]/g, (found) => `\\${found}`);
    const dollars = text.includes('$q$') ? common : [`$q$${text}$q$`];
    return this.one([...common, `E'${escaped}'`, line, block, ...dollars]);
  }

  private harmless(isMaria: boolean): string {
    const common = [
      "'it''s'",
      "''",
      "'\"'",
      "'--'",
      "'/*'",
      "'# $$'",
      'a - -1',
      "/* it's */ 2",
      "-- it's\n 3",
    ];
    const maria = ["'it\\'s'", '"it\'s"', '"a\\"b"', "`it's`", "# it's\n 4", "'C:\\\\'", "5--'x'"];
    const postgres = [
      '"it\'s"',
      "E'it\\'s'",
      "'C:\\'",
      "$$it's$$",
      "a #> '{b}'",
      "/* /* ' */ */ 5",
      "a['x']",
    ];
    return this.one([...common, ...(isMaria ? maria : postgres)]);
  }

  private one<Item>(items: readonly Item[]): Item {
    return items[this.number(items.length)] as Item;
  }

  private number(below: number): number {
    return Math.floor(this.random() * below);
  }
}
