/** A request, and who asks: from the token. */
export type By<Request> = Request & { readonly actor: string };
