/** One page of a list of API Gateway. */
interface Page<Item> {
  readonly Items?: Item[] | undefined;
  readonly NextToken?: string | undefined;
}

/** All items of a list that API Gateway gives in pages; its client has no paginators for routes, integrations, authorizers and stages. */
export async function allItems<Item>(page: (NextToken: string | undefined) => Promise<Page<Item>>): Promise<Item[]> {
  const found: Item[] = [];
  for (let token: string | undefined, isLast = false; !isLast; isLast = !token) {
    const { Items = [], NextToken } = await page(token);
    found.push(...Items);
    token = NextToken;
  }
  return found;
}
