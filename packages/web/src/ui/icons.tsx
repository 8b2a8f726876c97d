/** The few line icons the pages use, drawn on a grid of 24. They are decoration: labels are text. */
import type { ReactNode } from 'react';

function Icon({ children, size = 22 }: { children: ReactNode; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.9"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

export const BellIcon = ({ size }: { size?: number }) => (
  <Icon {...(size === undefined ? {} : { size })}>
    <path d="M12 3.5c-3.3 0-5.4 2.5-5.4 5.8v3.2L4.8 16a.7.7 0 0 0 .6 1h13.2a.7.7 0 0 0 .6-1l-1.8-3.5V9.3c0-3.3-2.1-5.8-5.4-5.8z" />
    <path d="M9.8 20.2a2.5 2.5 0 0 0 4.4 0" />
  </Icon>
);

export const SunIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="4" />
    <path d="M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.700l1.4-1.4M17.3 6.700l1.4-1.4" />
  </Icon>
);

export const MoonIcon = () => (
  <Icon>
    <path d="M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z" />
  </Icon>
);

export const PeopleIcon = () => (
  <Icon>
    <circle cx="9" cy="8.5" r="3.5" />
    <path d="M2.5 19.5c.6-3.4 3.2-5.5 6.5-5.5s5.9 2.1 6.5 5.5M16 5.4a3.5 3.5 0 0 1 0 6.2M18 14.600c1.9.8 3.1 2.5 3.5 4.9" />
  </Icon>
);

export const LockIcon = () => (
  <Icon size={14}>
    <rect x="5" y="10.5" width="14" height="9.5" rx="2.5" />
    <path d="M8 10.5V8a4 4 0 0 1 8 0v2.5" />
  </Icon>
);

export const SendIcon = () => (
  <Icon>
    <path d="M12 19V5.5M6 11l6-6 6 6" />
  </Icon>
);

export const CloseIcon = ({ size }: { size?: number }) => (
  <Icon {...(size === undefined ? {} : { size })}>
    <path d="M6 6l12 12M18 6L6 18" />
  </Icon>
);

export const LeaveIcon = () => (
  <Icon>
    <path d="M14 4.5H7a2 2 0 0 0-2 2v11a2 2 0 0 0 2 2h7M10.5 12H20M16.5 8.5L20 12l-3.5 3.5" />
  </Icon>
);

export const DownIcon = () => (
  <Icon size={18}>
    <path d="M12 5v13.5M6 13l6 6 6-6" />
  </Icon>
);

export const CopyIcon = () => (
  <Icon size={18}>
    <rect x="8.5" y="8.5" width="11.5" height="11.5" rx="2.5" />
    <path d="M15.5 5.5a2 2 0 0 0-2-2h-8a2 2 0 0 0-2 2v8a2 2 0 0 0 2 2" />
  </Icon>
);

export const CheckIcon = () => (
  <Icon size={18}>
    <path d="M4.5 12.5l5 5 10-11" />
  </Icon>
);

export const PlusIcon = () => (
  <Icon>
    <path d="M12 5v14M5 12h14" />
  </Icon>
);

export const SearchIcon = () => (
  <Icon size={20}>
    <circle cx="11" cy="11" r="6.5" />
    <path d="M16 16l4.5 4.5" />
  </Icon>
);

export const BackIcon = () => (
  <Icon>
    <path d="M19 12H5.500M11 6l-6 6 6 6" />
  </Icon>
);

export const UpIcon = () => (
  <Icon size={18}>
    <path d="M12 19V5.500M6 11l6-6 6 6" />
  </Icon>
);

export const PaperclipIcon = () => (
  <Icon>
    <path d="M20 11.500l-8.3 8.300a5.3 5.3 0 0 1-7.5-7.500l8.7-8.700a3.5 3.5 0 0 1 5 5l-8.5 8.500a1.8 1.8 0 0 1-2.5-2.500l7.8-7.8" />
  </Icon>
);

export const MicrophoneIcon = () => (
  <Icon>
    <rect x="9" y="3" width="6" height="11" rx="3" />
    <path d="M5.5 11.500a6.5 6.5 0 0 0 13 0M12 18v3" />
  </Icon>
);

export const PlayIcon = () => (
  <Icon size={20}>
    <path d="M8 5.500v13l10.5-6.500z" fill="currentColor" />
  </Icon>
);

export const PauseIcon = () => (
  <Icon size={20}>
    <path d="M8.5 6v12M15.5 6v12" />
  </Icon>
);

export const FileIcon = () => (
  <Icon>
    <path d="M13.5 3.500H7a2 2 0 0 0-2 2v13a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V9z" />
    <path d="M13.5 3.500V9H19" />
  </Icon>
);

export const DownloadIcon = () => (
  <Icon size={18}>
    <path d="M12 4v11M7 10.500l5 5 5-5M5 19.500h14" />
  </Icon>
);

export const RetryIcon = () => (
  <Icon size={20}>
    <path d="M19.5 12a7.5 7.5 0 1 1-2.2-5.300l2.2 2.100M19.5 4.500v4.300h-4.3" />
  </Icon>
);

export const ClockIcon = () => (
  <Icon size={16}>
    <circle cx="12" cy="12" r="8" />
    <path d="M12 7.500V12l3 2" />
  </Icon>
);

export const WarningIcon = () => (
  <Icon size={16}>
    <path d="M12 4L2.8 19.500h18.400zM12 10v4.500M12 17v.2" />
  </Icon>
);

export const DoubleCheckIcon = () => (
  <Icon size={18}>
    <path d="M2.5 13l4 4 8-9M11.5 17l1 .5 9-9.5" />
  </Icon>
);

export const ArchiveIcon = () => (
  <Icon size={20}>
    <rect x="3.5" y="4.5" width="17" height="4.5" rx="1.5" />
    <path d="M5.5 9v8.500a2 2 0 0 0 2 2h9a2 2 0 0 0 2-2V9M10 13h4" />
  </Icon>
);

export const UnreadIcon = () => (
  <Icon size={20}>
    <circle cx="12" cy="12" r="4.5" fill="currentColor" />
  </Icon>
);

export const TasksIcon = () => (
  <Icon>
    <path d="M3.5 6.5L5 8l3-3.200M3.5 13l1.5 1.5 3-3.200M12 6.500h8.500M12 13h8.500M5 19.500h15.5" />
  </Icon>
);
