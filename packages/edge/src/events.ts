/** What the edge tells beside its answers; the program that runs it writes it to its log. */
export interface EdgeEvent {
  readonly code: 'records-lost' | 'routes-unreadable' | 'port-changed' | 'request-failed';
  readonly text: string;
}

export type Emit = (event: EdgeEvent) => void;
