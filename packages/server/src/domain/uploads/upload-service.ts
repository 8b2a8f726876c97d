/**
 * Files of conversations: who may send one, who is given a link, what a link opens. How a file
 * comes in stands in receive-upload.ts, how a message takes it in message-upload.ts.
 */
import { fail, ok, type Failure, type Outcome } from '@carillon/protocol';
import type { Clock, Random } from '../../ports/clock.ts';
import type { InspectContent } from '../../ports/content-type.ts';
import type { FileBytes, FileStore } from '../../ports/file-store.ts';
import type { LinkSigner } from '../../ports/link-signer.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Upload, UploadStore } from '../../ports/upload-store.ts';
import { personOf, type Actor } from '../actor.ts';
import { mayRead, mayWrite, needsPerson, notFound } from '../chat/chat-access.ts';
import type { ConversationDirectory } from '../chat/conversation-directory.ts';
import { checkUser } from '../input-rules.ts';
import type { DomainLimits } from '../limits.ts';
import { storing } from '../storing.ts';
import { quotaOf, receiveUpload, type Place } from './receive-upload.ts';
import type { FormPart, UploadFields } from './upload-form.ts';
import { createUploadLinks, type LinkClaim, type UploadLink } from './upload-links.ts';
import type { UploadLimits } from './upload-limits.ts';
import { createUploadSweep, type UploadSweep } from './upload-sweep.ts';

/** Outside parts that uploads need; without them an installation has none. */
export interface UploadTools {
  readonly files: FileStore;
  readonly inspect: InspectContent;
  readonly signer: LinkSigner;
  readonly limits: UploadLimits;
}

export interface UploadService {
  /**
   * Resolves when file and record are on disk. Failures: `not_found` (conversation), `not_member`,
   * `permission_denied`, `invalid_field`, `too_large`, `unsupported_type`, `quota_exceeded`,
   * `too_many_requests`, `too_many`, `storage_unavailable`. Rejects with what `parts` rejects with.
   */
  receive(actor: Actor, parts: AsyncIterable<FormPart>): Promise<Outcome<Upload>>;
  /** For members of its conversation, now; `not_found` for everybody else. */
  get(actor: Actor, id: string): Promise<Outcome<Upload & UploadLink>>;
  /** What a link opens: `permission_denied`, `expired`, `not_found`. */
  open(id: string, claim: LinkClaim): Promise<Outcome<Upload>>;
  /** Bytes `start` to `end`, both inclusive, of what was opened. */
  read(
    upload: Upload,
    range: { readonly start: number; readonly end: number },
  ): Promise<Outcome<FileBytes>>;
  readonly sweep: UploadSweep;
}

export interface UploadServiceDeps {
  readonly store: UploadStore;
  readonly directory: ConversationDirectory;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly limits: DomainLimits;
  readonly uploads?: UploadTools;
}

export const createUploadService = (deps: UploadServiceDeps): UploadService =>
  deps.uploads === undefined ? NO_UPLOADS : new Uploads(deps, deps.uploads);

const nowhere = (): Promise<Failure> =>
  Promise.resolve(fail('not_available', 'this process has no place for uploads'));

const NO_UPLOADS: UploadService = {
  receive: nowhere,
  get: nowhere,
  open: nowhere,
  read: nowhere,
  sweep: { start: () => Promise.resolve(), stop: () => undefined, run: () => Promise.resolve(0) },
};

const noSuchUpload = (): Failure => fail('not_found', 'there is no such upload');

class Uploads implements UploadService {
  readonly #deps: UploadServiceDeps;
  readonly #tools: UploadTools;
  readonly #links: ReturnType<typeof createUploadLinks>;
  /** User → uploads under way. */
  readonly #underWay = new Map<string, number>();
  readonly sweep: UploadSweep;

  constructor(deps: UploadServiceDeps, tools: UploadTools) {
    this.#deps = deps;
    this.#tools = tools;
    const { clock } = deps;
    this.#links = createUploadLinks({ ...tools, clock, ttlMs: tools.limits.linkTtlMs });
    this.sweep = createUploadSweep({ ...deps, ...tools });
  }

  receive(actor: Actor, parts: AsyncIterable<FormPart>): Promise<Outcome<Upload>> {
    const caller = actor.backend === true ? '' : actor.user;
    return storing(() =>
      this.#taking(caller, () =>
        receiveUpload({ ...this.#deps, ...this.#tools }, parts, (fields) =>
          this.#admit(actor, fields),
        ),
      ),
    );
  }

  get(actor: Actor, id: string): Promise<Outcome<Upload & UploadLink>> {
    return storing(async () => {
      const upload = await this.#deps.store.getUpload(id);
      if (upload === undefined) return noSuchUpload();
      const conversation = await this.#deps.directory.get(upload.conversationId);
      if (conversation === undefined || mayRead(actor, conversation) !== undefined) {
        return noSuchUpload();
      }
      return ok({ ...upload, ...this.#links.make(id) });
    });
  }

  open(id: string, claim: LinkClaim): Promise<Outcome<Upload>> {
    const refused = this.#links.check(id, claim);
    if (refused !== undefined) return Promise.resolve(refused);
    return storing(async () => {
      const upload = await this.#deps.store.getUpload(id);
      return upload === undefined ? noSuchUpload() : ok(upload);
    });
  }

  read(
    { id }: Upload,
    range: { readonly start: number; readonly end: number },
  ): Promise<Outcome<FileBytes>> {
    return storing(async () => {
      const bytes = await this.#tools.files.read(id, range);
      return bytes === undefined ? noSuchUpload() : ok(bytes);
    });
  }

  async #admit(actor: Actor, { conversationId, sender }: UploadFields): Promise<Outcome<Place>> {
    const by = speaker(actor, sender);
    if (!by.ok) return by;
    const owner = personOf(by.value);
    if (owner === undefined) return needsPerson();
    const refused = checkUser(owner, this.#deps.limits, 'sender');
    if (refused !== undefined) return refused;
    if (conversationId === undefined) return fail('invalid_field', 'conversation_id is missing');
    const conversation = await this.#deps.directory.get(conversationId);
    if (conversation === undefined) return notFound(conversationId);
    const forbidden = mayWrite(by.value, conversation);
    if (forbidden !== undefined) return forbidden;
    const quota = quotaOf({ ...this.#deps, ...this.#tools });
    const used = await this.#deps.store.uploadedSince(owner, quota);
    if (used >= quota.maxBytes) return fail('quota_exceeded');
    return ok({ conversationId, owner });
  }

  /** Backends are not counted: they speak for many. */
  async #taking<T>(user: string, work: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
    const count = this.#underWay.get(user) ?? 0;
    const max = this.#tools.limits.parallelPerUser;
    if (user !== '' && count >= max) {
      return fail('too_many_requests', `${count} uploads are under way: let one of them end`);
    }
    this.#underWay.set(user, count + 1);
    try {
      return await work();
    } finally {
      const left = (this.#underWay.get(user) ?? 1) - 1;
      if (left === 0) this.#underWay.delete(user);
      else this.#underWay.set(user, left);
    }
  }
}

/** With an API key the form says whose file it is; with a token it may say nothing else than the token. */
function speaker(actor: Actor, sender: string | undefined): Outcome<Actor> {
  if (sender === undefined) return ok(actor);
  if (actor.backend === true) return ok({ backend: true, onBehalfOf: sender });
  return sender === actor.user
    ? ok(actor)
    : fail('permission_denied', '"sender" must be the token’s own user');
}
