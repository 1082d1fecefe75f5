import { join } from "node:path";

const top = join(import.meta.dirname, "../../../../..");

/** Where the peers are kept that are built or fetched at their first use. */
export const cache: string = join(top, "node_modules/.cache/privet/channel-peers");
