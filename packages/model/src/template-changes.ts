/** One way in which a new template would take something away from what runs. */
export interface Removal {
  /** What `--allow-removal` names: a logical id, or `<logical id>/<what>` for a part of a resource. */
  readonly id: string;
  readonly what: 'resource' | 'replacement' | 'permission' | 'parameter' | 'output' | 'index' | 'queue-link';
  readonly detail: string;
}
