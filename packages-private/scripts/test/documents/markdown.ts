/** A fenced block of a document. */
export interface Block {
  readonly language: string;
  readonly text: string;
}

/** The fenced blocks of a document, in order. */
export function blocksOf(markdown: string): readonly Block[] {
  return [...markdown.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = "", text = ""]) => ({
    language,
    text,
  }));
}

/** A command that a `console` block shows, and the output under it. */
export interface Session {
  /** The arguments after `npx -y pnpm@12`. */
  readonly args: readonly string[];
  readonly output: string;
}

/**
 * The commands of all `console` blocks.
 *
 * @throws Error for a command that doesn't go through `npx -y pnpm@12`
 */
export function sessionsOf(markdown: string): readonly Session[] {
  return blocksOf(markdown)
    .filter(({ language }) => language === "console")
    .flatMap(({ text }) => text.split(/^(?=\$ )/m))
    .map((session) => {
      const [command = "", ...lines] = session.split("\n");
      return { args: argumentsOf(command.replace(/^\$ /, "")), output: lines.join("\n") };
    });
}

/** @throws Error for a command that doesn't go through `npx -y pnpm@12` */
export function argumentsOf(command: string): readonly string[] {
  const [, words] = /^npx -y pnpm@12 (.+)$/.exec(command) ?? [];
  if (words === undefined) throw new Error(`«${command}» doesn't go through npx`);
  return words.split(" ").map((word) => word.replace(/^"(.*)"$/, "$1"));
}
