"""The words of reception."""

from app.core.label import Label

TITLE = Label("车到店 / 查找", "Receive or find")
BOX = Label("车架号、车牌号或手机号", "VIN, plate or mobile number")
BOX_HELP = Label(
    "填写完整号码；每小时最多查 60 次，每次都有记录。",
    "Give the whole of it; up to 60 an hour, each on record.",
)
FIND = Label("查找", "Find")
NOTE = Label(
    "在全集团按完整号码查找，不显示其他门店的客户资料。",
    "Looks in the whole group by whole values; tells nothing of other stores' customers.",
)
HERE = Label("本店已有", "Known here")
ELSEWHERE = Label("集团内已知", "Known in the group")
KNOWN_CAR = Label("{what}，最近 {month}，{store}", "{what}, last {month}, {store}")
SOME_CAR = Label("车型未登记", "model not entered")
KNOWN_PHONE = Label("集团内另有 {n} 家门店登记过这个号码。", "{n} other store(s) of the group know this number.")
NOTHING = Label(
    "集团内没有登记过。填写下面的内容，点“{submit}”。",
    "Nobody in the group knows it. Fill in the form below and choose “{submit}”.",
)
ASK = Label("请求转移", "Ask for transfer")
ASK_NOTE = Label(
    "对方服务经理会收到一条任务，只写明由本店提出，不含客户资料。",
    "Their service manager gets a task that names this store and nobody else.",
)
ASKED = Label("已请 {n} 家门店的服务经理处理。", "The service managers of {n} store(s) were asked.")
ASKED_NOBODY = Label("没有其他门店可以请求。", "There is no other store to ask.")
ARRIVAL = Label("登记到店", "Who came in")
CAR_HERE = Label("车到店了", "The car is here")
PERSON_HERE = Label("登记客户", "Enter the customer")
NOTHING_COPIED = Label(
    "车主资料请当面询问填写，不会从其他门店带入。",
    "Ask the person for the particulars; none are taken from other stores.",
)
VIN_HELP = Label(
    "可留空：沿用集团档案的车架号，请与车身核对。", "May stay empty: the group knows the VIN; compare it with the car."
)
RELATION = Label("来人是", "This person")
OWNER = Label("车主", "Owns the car")
BRINGER = Label("送修人", "Brings it in")
PERSON = Label("这个号码归", "This number")
ATTACH = Label("归到 {name}", "belongs to {name}")
SHARE = Label("另建客户，共用这个号码", "is shared by a new customer")
NO_STORE = Label(
    "您没有所属门店，只能查找，不能登记到店。", "You belong to no store: you can find, but not enter who came in."
)
DONE = Label("已登记到店", "Entered")
NEXT = Label("接下来可以开工单或约服务。", "Next: open a work order or an appointment.")
ORDER, APPOINTMENT = Label("开工单", "Open a work order"), Label("约服务", "Make an appointment")
ANOTHER = Label("再登记一位", "Receive another")
OPEN = Label("未完成：{what}", "Open: {what}")
SEE_PERSON = Label("查看客户", "See the customer")
