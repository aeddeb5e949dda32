/** What a commit says of itself: the first line of its message, and who wrote it, by name; null: it says nothing. */
export interface CommitText {
  readonly subject: string | null;
  readonly author: string | null;
}
