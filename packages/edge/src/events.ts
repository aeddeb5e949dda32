/** Events of the edge; the program that runs it writes them to its log. */
export interface EdgeEvent {
  readonly code: 'records-lost' | 'routes-unreadable' | 'port-changed' | 'request-failed';
  readonly text: string;
}

export type Emit = (event: EdgeEvent) => void;
