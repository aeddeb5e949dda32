/** Something that cannot be compared, and why: an answer says so, and compares the rest. */
export class NotComparable extends Error {}
