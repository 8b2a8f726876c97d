import { join } from 'node:path';

/** The embedded database inside DATA_DIR. */
export const databasePath = (dataDir: string): string => join(dataDir, 'carillon.db');
