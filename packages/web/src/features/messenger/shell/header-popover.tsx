/** A button of the head and what opens from it: closes with Esc or a press elsewhere, gives the focus back. */
import { useId, useRef, useState } from 'react';
import type { ReactNode } from 'react';

interface HeaderPopoverProps {
  readonly className: string;
  readonly label: string;
  readonly title: string;
  readonly icon: ReactNode;
  readonly onOpen?: () => void;
  readonly children: ReactNode;
}

export function HeaderPopover(props: HeaderPopoverProps) {
  const { className, label, title, icon, onOpen, children } = props;
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  return (
    <>
      <button
        ref={button}
        type="button"
        className="icon-button"
        popoverTarget={id}
        aria-expanded={isOpen}
        aria-label={label}
        title={title}
      >
        {icon}
      </button>
      <div
        id={id}
        popover="auto"
        className={`header-panel ${className}`}
        role="dialog"
        aria-label={title}
        onToggle={({ target, currentTarget, newState }) => {
          if (target !== currentTarget) return;
          setOpen(newState === 'open');
          if (newState === 'open') onOpen?.();
          // What had the focus may be gone: the browser then has nothing to give it back from.
          else if (document.activeElement === document.body) button.current?.focus();
        }}
      >
        {isOpen && children}
      </div>
    </>
  );
}
