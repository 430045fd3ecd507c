"""The frame's own words, in both languages; templates read them as `t.<name>`."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType, SimpleNamespace

from app.core.label import Label


class Texts(SimpleNamespace):
    """The frame's words in one language, one attribute a word; placeholders are filled with `.format`."""

    locale: str


WORDS: Mapping[str, Label] = MappingProxyType(
    {
        # around every page
        "product": Label("Forecourt", "Forecourt"),
        "skip": Label("跳到正文", "Skip to content"),
        "menu": Label("菜单", "Menu"),
        "navigation": Label("主导航", "Main navigation"),
        "close": Label("关闭", "Close"),
        "here": Label("所在位置", "You are here"),
        "home": Label("首页", "Home"),
        "search": Label("搜索", "Search"),
        "search_hint": Label("搜索姓名、拼音、手机、车牌、VIN…", "Search name, phone, plate, VIN…"),
        "search_key": Label("按 / 键直接搜索", "Press / to search"),
        "language": Label("语言", "Language"),
        "store": Label("门店", "Store"),
        "change_store": Label("切换门店", "Change store"),
        "person_menu": Label("我的账户", "My account"),
        "sign_out": Label("退出登录", "Sign out"),
        "change_password": Label("修改密码", "Change password"),
        "theme": Label("切换深浅色", "Light or dark"),
        "back": Label("返回", "Back"),
        "cancel": Label("取消", "Cancel"),
        "save": Label("保存", "Save"),
        "working": Label("正在处理…", "Working…"),
        "offline": Label("网络中断，请检查连接后重试。", "The connection was lost; check it and try again."),
        "failed": Label(
            "没有成功，请重试；仍不行请联系管理员。", "That did not work; try again, then ask an administrator."
        ),
        "required": Label("必填", "required"),
        "state_ok": Label("完成", "Done"),
        "state_warn": Label("注意", "Note"),
        "state_bad": Label("出错", "Error"),
        "state_info": Label("说明", "Notice"),
        # sign-in and passwords
        "sign_in": Label("登录", "Sign in"),
        "sign_in_intro": Label("经销商客户与车辆工作台", "Customers and cars of your dealership"),
        "username": Label("用户名", "User name"),
        "password": Label("密码", "Password"),
        "show_password": Label("显示密码", "Show password"),
        "hide_password": Label("隐藏密码", "Hide password"),
        "forgot": Label("忘记密码？请管理员发一个一次性链接。", "Forgot it? Ask an administrator for a one-time link."),
        "shared_computer": Label("公用电脑：离开前请退出登录。", "Shared computer? Sign out before you leave."),
        "first_password_intro": Label(
            "这个链接只能用一次。设好密码后，用它登录。",
            "This link works once. Choose a password, then sign in with it.",
        ),
        "account": Label("账户", "Account"),
        "current_password": Label("现在的密码", "Present password"),
        "new_password": Label("新密码", "New password"),
        "repeat_password": Label("再输一次新密码", "New password again"),
        "password_rules": Label(
            "至少 {n} 个字符。几个不相关的词连在一起，好记又安全。",
            "At least {n} characters. A few unrelated words are easy to remember and safe.",
        ),
        "password_short": Label("还差 {n} 个字符。", "{n} more characters needed."),
        "password_name": Label("密码里不要带用户名。", "Leave your user name out of it."),
        "password_repeats": Label("重复太多，容易被猜到。", "Too repetitive, easy to guess."),
        "password_common": Label("太常见，容易被猜到。", "Too common, easy to guess."),
        "password_fair": Label("可以用；再长一些更好。", "Good enough; longer is better."),
        "password_strong": Label("很好。", "Strong."),
        "password_differs": Label("两次输入不一样。", "The two differ."),
        "password_others_out": Label(
            "修改后，其他设备上的登录会全部退出。", "All your other sessions will be signed out."
        ),
        "set_password": Label("设置密码", "Set password"),
        "plain_http_title": Label("连接未加密", "Connection not encrypted"),
        "plain_http_message": Label(
            "这个地址没有加密，密码和客户资料会在网络上被人看到，所以这里不提供登录。",
            "Without encryption, passwords and customers' data could be read on the way, so nothing is served here.",
        ),
        "plain_http_go": Label("改用加密地址", "Use the encrypted address"),
        "plain_http_operator": Label(
            "系统管理员：请为本服务配置 HTTPS；确有需要时，可在设置中明确允许不加密访问。",
            "Operators: put HTTPS in front of this service, or allow plain HTTP in its settings on purpose.",
        ),
        "request_id": Label("请求编号", "Request number"),
        "request_id_use": Label("联系管理员时请提供这个编号。", "Give this number when you ask for help."),
        "retry_after": Label("请在 {n} 秒后再试。", "Try again in {n} seconds."),
        "go_home": Label("回到首页", "Go to the home page"),
        "go_back": Label("返回上一页", "Back to the previous page"),
        # lists
        "records": Label("{n} 条", "{n} records"),
        "filters": Label("筛选条件", "Conditions"),
        "remove_condition": Label("去掉条件：{text}", "Remove condition: {text}"),
        "clear_conditions": Label("清空条件", "Clear all"),
        "add_condition": Label("条件", "Condition"),
        "field": Label("字段", "Field"),
        "operator": Label("比较方式", "Comparison"),
        "value": Label("内容", "Value"),
        "choose_field": Label("请选择字段", "Choose a field"),
        "next_step": Label("下一步", "Next"),
        "apply": Label("应用", "Apply"),
        "sort": Label("排序", "Sort"),
        "sort_by": Label("按{text}排序", "Sort by {text}"),
        "views": Label("视图", "Views"),
        "select_row": Label("选择 {text}", "Select {text}"),
        "select_page": Label("选择本页全部", "Select this page"),
        "selected": Label("已选 {n} 条", "{n} selected"),
        "bulk": Label("对所选记录", "With the selected"),
        "unselect": Label("取消选择", "Clear selection"),
        "pages": Label("翻页", "Pages"),
        "first": Label("首页", "First"),
        "previous": Label("上一页", "Previous"),
        "next": Label("下一页", "Next"),
        "page_size": Label("每页条数", "Rows a page"),
        "columns_of": Label("{title}列表", "List of {title}"),
        # a record
        "history": Label("操作记录", "History"),
        "history_empty": Label("还没有操作记录。", "Nothing has happened yet."),
        "history_more": Label("更早的记录", "Earlier entries"),
        "before": Label("原", "before"),
        "after": Label("改为", "now"),
        "tabs": Label("相关内容", "Related"),
        "all_of": Label("全部", "All"),
        "override_told": Label("存疑仍保存，原因：{reason}", "Saved although doubted: {reason}"),
        "reveal": Label("查看", "Show"),
        "reveal_why": Label(
            "为什么要看？选一项即可，会记入操作记录。", "Why do you need it? One tap; it goes into the trail."
        ),
        "reveal_other": Label("其他原因", "Another reason"),
        "reveal_submit": Label("查看", "Show"),
        "revealed_note": Label("已记入操作记录。", "Recorded in the trail."),
        "why_seen": Label("能看到的原因", "Why you see it"),
        # forms
        "error_summary": Label("有 {n} 处需要更正", "{n} things need correcting"),
        "override": Label("仍要保存？请写明原因", "Save all the same? Say why"),
        "override_help": Label("原因会记入操作记录。", "The reason goes into the trail."),
        "choose": Label("请选择", "Choose"),
        "yes": Label("是", "Yes"),
        "no": Label("否", "No"),
        "replace": Label("改写", "Replace"),
        "replace_help": Label(
            "原值已加密，不会显示。填写新值即替换；留空保持不变。",
            "The stored value is sealed. Type a new one to replace it; leave empty to keep it.",
        ),
        "clear_stored": Label("删除原值", "Remove the stored value"),
        "remove_file": Label("删除这个文件", "Remove this file"),
        "stored_file": Label("当前文件", "Present file"),
        "picker_hint": Label("输入几个字搜索", "Type to search"),
        "picker_none": Label("没有找到，换个词试试。", "Nothing found; try other words."),
        "picker_more": Label("还有更多，请继续输入。", "There are more; keep typing."),
        "picker_count": Label("找到 {n} 个", "{n} found"),
        "picker_loading": Label("正在搜索…", "Searching…"),
        "picker_clear": Label("清除", "Clear"),
        "save_again": Label("保存并继续新增", "Save and add another"),
        # the second editor
        "conflict_title": Label("有人先保存了", "Somebody saved first"),
        "conflict_intro": Label(
            "您编辑期间，{by} 在 {at} 保存了这条记录。下面只列出不同之处，逐项选择后再保存；您填写的内容都还在。",
            "{by} saved this record at {at} while you were editing. Choose what to keep; nothing you typed is lost.",
        ),
        "theirs": Label("现在保存的", "Stored now"),
        "yours": Label("您填写的", "Yours"),
        "take_theirs": Label("保留现在的", "Keep stored"),
        "take_yours": Label("用我的", "Use mine"),
        "save_choice": Label("按选择保存", "Save these choices"),
        "drop_mine": Label("放弃我的修改", "Drop my changes"),
        "keep_this": Label("保留", "Keep"),
        "take_other": Label("采用", "Take"),
        "filled_in": Label("这里空着的，用对方的补上", "Blank here, filled in from the other"),
        "empty_value": Label("（空）", "(empty)"),
        # confirmations
        "consequences": Label("之后会怎样", "What follows"),
        "concerned": Label("涉及的记录", "Records concerned"),
        # import
        "import_steps": Label("导入步骤", "Import steps"),
        "batches": Label("导入批次", "Imports"),
        "file": Label("文件", "File"),
        "drop_file": Label("把文件拖到这里，或点按选择", "Drop a file here or choose one"),
        "upload_tips": Label("不用整理", "No need to tidy up"),
        "upload_tip_1": Label(
            "自动识别编码、分隔符、标题行和合计行。", "Encoding, separator, title and total rows are recognised."
        ),
        "upload_tip_2": Label(
            "全角数字和各种日期写法都能读懂。", "Full-width digits and any way of writing dates are understood."
        ),
        "upload_tip_3": Label(
            "先试运行，确认后才写入；导入后可整批撤销。",
            "A dry run comes first, and a whole import can be rolled back.",
        ),
        "upload": Label("上传并识别", "Upload and recognise"),
        "mapping_intro": Label(
            "核对每一列对应的字段。暂时没有字段的列会加密保存，日后可再对应。",
            "Check which field each column is. Columns without a field are kept sealed and can be mapped later.",
        ),
        "source_column": Label("文件里的列", "Column in the file"),
        "samples": Label("样例", "Samples"),
        "target_field": Label("对应字段", "Becomes"),
        "dry_run": Label("试运行", "Dry run"),
        "counts": Label("统计", "Counts"),
        "failing_rows": Label("不能导入的行", "Rows that cannot be imported"),
        "failing_intro": Label(
            "其余的行不受影响。可下载后更正，再单独导入。",
            "The other rows are not affected. Download these, correct them and import them again.",
        ),
        "line": Label("行", "Line"),
        "column": Label("列", "Column"),
        "reason": Label("原因", "Reason"),
        "download_failed": Label("下载这些行", "Download these rows"),
        "joins": Label("可能是同一位客户或同一辆车", "Perhaps the same person or car"),
        "joins_intro": Label(
            "与本店已有记录相符。合并会补全已有记录的空白，不覆盖已有内容。",
            "These match records of this store. Joining fills gaps and overwrites nothing.",
        ),
        "incoming": Label("文件中", "In the file"),
        "existing": Label("已有", "Already here"),
        "answer": Label("处理", "Do"),
        "join_all": Label("全部按此处理", "Do this for all"),
        "kept": Label("加密保存的列", "Columns kept sealed"),
        "running": Label("进度", "Progress"),
        "leave_running": Label(
            "可以离开此页，导入会继续；完成后在“导入批次”里查看。",
            "You may leave; the import goes on and is found under Imports.",
        ),
        "refresh": Label("刷新", "Refresh"),
        "progress_of": Label("{done} / {total}", "{done} of {total}"),
        "view_records": Label("查看导入的记录", "See what came in"),
        "go_on": Label("从中断处继续", "Go on where it stopped"),
        "rollback": Label("撤销这次导入", "Roll this import back"),
        "rollback_intro": Label(
            "删除这次导入新增的记录，恢复被补全的记录；导入后已被他人使用的会保留并列出。",
            "Removes what it added, restores what it filled in; records others have used since are spared and listed.",
        ),
        "rollback_sure": Label("确定撤销", "Yes, roll back"),
        "spared": Label("保留的记录", "Records spared"),
        "who": Label("操作人", "Who"),
        "when": Label("时间", "When"),
        "status": Label("状态", "Status"),
        "kind": Label("类型", "Kind"),
        # home and search
        "results_for": Label("“{query}”的搜索结果", "Results for “{query}”"),
        "search_start": Label("输入要找的内容", "Type what you look for"),
        "search_none": Label("没有找到", "Nothing found"),
        "search_none_advice": Label(
            "请核对后再试：姓名、拼音首字母、完整手机号或后四位、车牌、VIN 后六位。",
            "Try a name, initials in pinyin, a whole phone or its last four, a plate, the last six of a VIN.",
        ),
        "search_more": Label("查看全部", "See all"),
    }
)


@cache
def texts(locale: str) -> Texts:
    """The frame's words in `locale`, built once a process."""
    return Texts(locale=locale, **{name: label.text(locale) for name, label in WORDS.items()})
