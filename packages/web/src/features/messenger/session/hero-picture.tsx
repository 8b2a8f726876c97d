/** One server, one line to each of chat, bell and progress. */
export const HeroPicture = ({ label }: { label: string }) => (
  <svg className="hero-picture" viewBox="0 0 440 320" role="img" aria-label={label}>
    <g className="picture-wires">
      <path d="M220 160C160 160 170 76 112 76" />
      <path d="M220 160C290 160 270 84 330 84" />
      <path d="M220 160C220 220 200 236 190 250" />
    </g>
    <g className="picture-pulses">
      <circle cx="176" cy="136" r="5" />
      <circle cx="276" cy="114" r="5" />
      <circle cx="212" cy="214" r="5" />
    </g>
    <g className="picture-card">
      <rect x="18" y="24" width="150" height="104" rx="18" />
      <rect className="picture-soft" x="34" y="42" width="74" height="24" rx="12" />
      <rect className="picture-brand" x="72" y="74" width="80" height="24" rx="12" />
      <rect className="picture-soft" x="34" y="106" width="42" height="8" rx="4" />
    </g>
    <g className="picture-card">
      <rect x="316" y="34" width="100" height="100" rx="18" />
      <path
        className="picture-brand"
        d="M366 58c-10.5 0-16.5 7.8-16.5 18v9.800l-5 8.700c-.9 1.5.2 3.5 2 3.500h39c1.8 0 2.9-2 2-3.500l-5-8.700V76c0-10.2-6-18-16.5-18z"
      />
      <path className="picture-brand" d="M358.5 103a7.8 7.8 0 0 0 15.6 0z" />
      <circle className="picture-badge" cx="386" cy="62" r="12" />
      <path className="picture-digit" d="M383 58.500l3.5-2.500v12" />
    </g>
    <g className="picture-card">
      <rect x="78" y="236" width="284" height="64" rx="18" />
      <rect className="picture-soft" x="98" y="254" width="92" height="8" rx="4" />
      <rect className="picture-soft" x="98" y="274" width="244" height="10" rx="5" />
      <rect className="picture-brand" x="98" y="274" width="160" height="10" rx="5" />
    </g>
    <g className="picture-server">
      <rect x="184" y="124" width="72" height="72" rx="20" />
      <path d="M220 141c-8.4 0-13.4 6.3-13.4 14.500v7.700l-4 7c-.6 1.2.2 2.8 1.7 2.800h31.400c1.5 0 2.3-1.6 1.7-2.800l-4-7v-7.700c0-8.2-5-14.5-13.4-14.500z" />
      <path d="M213.8 177a6.2 6.2 0 0 0 12.4 0z" />
    </g>
  </svg>
);
