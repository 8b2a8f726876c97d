/**
 * Every sentence a plain client is shown, in the three languages. Each language is a complete
 * `SystemTexts`, so a missing text does not compile.
 */
import { ERRORS, type ErrorName } from '@carillon/protocol';
import type { Language } from './language.ts';

export interface SystemTexts {
  readonly joined: (name: string) => string;
  readonly left: (name: string) => string;
  readonly error: (name: ErrorName) => string;
}

const traditionalErrors: Record<ErrorName, string> = {
  internal: '伺服器內部錯誤',
  unauthorized: '未經授權',
  unknown_channel: '未知的頻道',
  permission_denied: '權限不足',
  method_not_found: '找不到此方法',
  already_subscribed: '已經訂閱',
  limit_exceeded: '超過上限',
  bad_request: '請求有誤',
  not_available: '此功能無法使用',
  token_expired: '權杖已過期',
  expired: '已過期',
  too_many_requests: '傳送太頻繁,請稍後再試',
  unrecoverable_position: '無法從此位置恢復',
  concurrent_pagination: '同時分頁衝突',
  not_json: '此訊息不是 JSON 物件',
  unknown_type: '未知的訊息類型',
  invalid_field: '欄位缺少或內容有誤',
  too_deep: 'JSON 巢狀過深',
  not_found: '找不到',
  too_long: '文字過長',
  too_many: '項目過多',
  not_member: '不是此對話的成員',
  user_not_connected: '該使用者未連線',
  conflict: '與目前狀態衝突',
  task_finished: '任務已經結束',
  too_large: '檔案過大',
  unsupported_type: '不接受此類型的檔案',
  quota_exceeded: '今日上傳量已達上限',
  storage_unavailable: '目前無法儲存,訊息未被接受',
  shutting_down: '伺服器正在關閉',
};

const simplifiedErrors: Record<ErrorName, string> = {
  internal: '服务器内部错误',
  unauthorized: '未经授权',
  unknown_channel: '未知的频道',
  permission_denied: '权限不足',
  method_not_found: '找不到该方法',
  already_subscribed: '已经订阅',
  limit_exceeded: '超过上限',
  bad_request: '请求有误',
  not_available: '该功能不可用',
  token_expired: '令牌已过期',
  expired: '已过期',
  too_many_requests: '发送过于频繁,请稍后再试',
  unrecoverable_position: '无法从该位置恢复',
  concurrent_pagination: '并发分页冲突',
  not_json: '该消息不是 JSON 对象',
  unknown_type: '未知的消息类型',
  invalid_field: '字段缺失或内容有误',
  too_deep: 'JSON 嵌套过深',
  not_found: '未找到',
  too_long: '文本过长',
  too_many: '项目过多',
  not_member: '不是该会话的成员',
  user_not_connected: '该用户未连接',
  conflict: '与当前状态冲突',
  task_finished: '任务已经结束',
  too_large: '文件过大',
  unsupported_type: '不接受该类型的文件',
  quota_exceeded: '今日上传量已达上限',
  storage_unavailable: '目前无法保存,消息未被接受',
  shutting_down: '服务器正在关闭',
};

export const SYSTEM_TEXTS: Readonly<Record<Language, SystemTexts>> = {
  en: {
    joined: (name) => `${name} joined the chat`,
    left: (name) => `${name} left the chat`,
    error: (name) => ERRORS[name].message,
  },
  'zh-Hant': {
    joined: (name) => `${name} 加入了聊天室`,
    left: (name) => `${name} 離開了聊天室`,
    error: (name) => traditionalErrors[name],
  },
  'zh-Hans': {
    joined: (name) => `${name} 加入了聊天室`,
    left: (name) => `${name} 离开了聊天室`,
    error: (name) => simplifiedErrors[name],
  },
};
