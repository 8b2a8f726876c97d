/** Two people talking, in the colours of the room. */
export const JoinPicture = () => (
  <svg className="join-picture" viewBox="0 0 240 92" aria-hidden="true">
    <circle cx="22" cy="30" r="15" fill="#f2a65a" />
    <circle cx="22" cy="26" r="5" fill="#fff" />
    <path d="M13.5 37a8.5 7.5 0 0 1 17 0z" fill="#fff" />
    <rect className="picture-bubble" x="46" y="10" width="104" height="38" rx="16" />
    <rect className="picture-line" x="62" y="22" width="70" height="5" rx="2.5" />
    <rect className="picture-line" x="62" y="32" width="44" height="5" rx="2.5" />
    <rect x="96" y="54" width="98" height="32" rx="16" fill="#667eea" />
    <rect x="112" y="67" width="64" height="5" rx="2.5" fill="#fff" />
    <circle cx="218" cy="70" r="15" fill="#667eea" />
    <circle cx="218" cy="66" r="5" fill="#fff" />
    <path d="M209.5 77a8.5 7.5 0 0 1 17 0z" fill="#fff" />
  </svg>
);
