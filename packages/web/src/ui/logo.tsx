export const Logo = ({ size = 32 }: { size?: number }) => (
  <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
    <rect width="32" height="32" rx="9" fill="#667eea" />
    <path
      d="M16 6.5c-4 0-6.4 3-6.4 7v3.7l-1.9 3.3c-.3.6.1 1.3.8 1.3h15c.7 0 1.1-.7.8-1.3l-1.9-3.3v-3.7c0-4-2.4-7-6.4-7z"
      fill="#fff"
    />
    <path d="M13 23.6a3 3 0 0 0 6 0z" fill="#fff" />
    <circle cx="23.5" cy="8.5" r="4" fill="#fbbf24" />
  </svg>
);
