/** What this browser keeps at a place; null: nothing, or it lets the page keep nothing. */
export function keptHere(place: string): string | null {
  try {
    return localStorage.getItem(place);
  } catch {
    return null;
  }
}

/** Keeps a text for the next time, where the browser lets the page do that. */
export function keepHere(place: string, text: string): void {
  try {
    localStorage.setItem(place, text);
  } catch {
    // It is asked again next time.
  }
}
