/**
 * "Which of these are online?" is asked for every message that is sent. While one such question is
 * under way the next ones wait and go out as one, so that their number is bounded by the round trip
 * and not by the traffic.
 */
export class OnlineQuestion {
  readonly #ask: (users: readonly string[]) => Promise<readonly string[]>;
  #underWay: Promise<unknown> = Promise.resolve();
  #next: { readonly users: Set<string>; readonly answer: Promise<ReadonlySet<string>> } | undefined;

  /** @param ask never rejects. */
  constructor(ask: (users: readonly string[]) => Promise<readonly string[]>) {
    this.#ask = ask;
  }

  async ask(users: readonly string[]): Promise<ReadonlySet<string>> {
    const next = this.#next ?? this.#begin();
    for (const user of users) next.users.add(user);
    const online = await next.answer;
    return new Set(users.filter((user) => online.has(user)));
  }

  #begin() {
    const users = new Set<string>();
    const answer = this.#underWay.then(async () => {
      this.#next = undefined;
      return new Set(await this.#ask([...users]));
    });
    this.#next = { users, answer };
    this.#underWay = answer;
    return this.#next;
  }
}
