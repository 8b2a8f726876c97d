import '@carillon/client/styles.css';
import './app.css';
import { currentUser } from '../lib/session.js';
import { Live } from './live.jsx';

export const metadata = { title: 'Carillon with Next.js' };

export default async function Layout({ children }) {
  return (
    <html lang="en">
      <body>
        <Live user={await currentUser()} url={process.env.CARILLON_URL}>
          {children}
        </Live>
      </body>
    </html>
  );
}
