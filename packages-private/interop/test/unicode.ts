/** Names that a careless program spoils. */
export const names: Readonly<Record<string, string>> = {
  "an emoji of many code points": "👩🏽‍🚀",
  "a name from right to left": "שרה ومحمد",
  "a combining mark": "Zoe\u0308",
  "letters beyond the basic plane": "𐐔𐐯𐑅𐐲𐑉𐐯𐐻",
};
