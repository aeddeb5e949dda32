/** Actions on resources, as a row of the table writes them. */
export interface Grant {
  /** As IAM writes them; wildcards only where no action that they match reads data. */
  readonly actions: readonly string[];
  /** ARNs with `{name}` and `{of}`; `*` where AWS knows no resource for the action. */
  readonly on: readonly string[];
  /**
   * What must hold besides. `bounded`: the role has the service's boundary on it. `passed`: the role goes to a service that runs functions.
   * `of`: the mapping's function is the one that it is a part of.
   */
  readonly when?: 'bounded' | 'passed' | 'of';
}

/**
 * How CloudFormation names a resource whose template gives no name. `stack`: `<stack>-<logical id>-<random>`, cut to a length. `id`: by its logical id alone.
 * `unknowable`: nothing in it tells whose it is, so the template must name it.
 */
export type Naming = { readonly by: 'stack'; readonly longest: number; readonly lower?: true } | 'id' | 'unknowable';

/** A type of resource that a team lets its services have, with what each party may do for it. Absent: nothing of its own. */
export interface AllowedType {
  /** What it is, for the reference. */
  readonly what: string;
  /** The property that gives its name, and what it is called without. Absent: it is a part of another, or an account numbers it. */
  readonly name?: { readonly property: string; readonly otherwise: Naming };
  /** The property that leads to the resource that it is a part of, if what is allowed depends on that. */
  readonly of?: string;
  /** CloudFormation, when it creates, changes and deletes it. */
  readonly manage?: readonly Grant[];
  /** The roles of the service, at most. A grant is given if a role states one of its actions. */
  readonly use?: readonly Grant[];
  /** The lookup role: whether it is there and as it was deployed. */
  readonly look?: readonly Grant[];
  /** The control plane itself. */
  readonly control?: readonly Grant[];
  /** The deploy role: what it does beside its change sets. */
  readonly deploy?: readonly Grant[];
}
