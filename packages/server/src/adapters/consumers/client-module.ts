/** Clients of queues are installed by who uses them; loaded only when one is configured. */

/** @throws Error naming the package, when it is not installed. */
export async function loadClient<T>(
  packageName: string,
  { setting, load }: { readonly setting: string; readonly load: () => Promise<T> },
): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (!isMissing(error, packageName)) throw error;
    throw new Error(
      `${setting} needs the package "${packageName}", which is not installed: npm install ${packageName}`,
      { cause: error },
    );
  }
}

const isMissing = (error: unknown, packageName: string): boolean =>
  error instanceof Error &&
  'code' in error &&
  error.code === 'ERR_MODULE_NOT_FOUND' &&
  error.message.includes(packageName);
