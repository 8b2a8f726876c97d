/** What is thrown where a page asks for something without a connection. */
import { CarillonError } from '@carillon/client';

export const notConnected = (): CarillonError =>
  new CarillonError({
    code: 0,
    name: 'not_connected',
    message: 'this page has no connection, or its route does not list what this needs',
    isTemporary: false,
  });
