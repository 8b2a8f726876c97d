'use client';
/** What happens on a server in earnest: an order is shipped, a report is made. */

const post = (path) => void fetch(path, { method: 'POST' });

export function Buttons() {
  return (
    <p className="buttons">
      <button className="carillon-button" onClick={() => post('/api/ring')}>
        Ring my bell
      </button>
      <button className="carillon-button" onClick={() => post('/api/report')}>
        Make a report
      </button>
    </p>
  );
}
