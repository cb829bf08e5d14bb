//! The mistakes that people who are no programmers make most: each is said once, at its line, in
//! words that say what to write instead, and nothing else is said.

use nhaplieu::base::Lang;
use nhaplieu::plan;
use nhaplieu::ui::texts::Texts;

use crate::SONG_HO;

/// What is written instead of what (everywhere), the line that must be named, and the words.
pub(crate) type Worst = (&'static str, &'static str, usize, &'static str);

#[rustfmt::skip]
pub(crate) const WORST: &[Worst] = &[
    ("max = 12.5,", "max = 12.000,", 147, "12.000 là 12000 hay 12? Dấu chấm trong tệp này ngăn phần thập phân. Viết 12000 nếu là hàng nghìn, 12 nếu có phần thập phân."),
    ("at_least = 10", "at_least = 1.000", 133, "1.000 là 1000 hay 1? Dấu chấm trong tệp này ngăn phần thập phân. Viết 1000 nếu là hàng nghìn, 1 nếu có phần thập phân."),
    ("target = \">= 80\"", "target = \">= 8.000\"", 124, "8.000 là 8000 hay 8? Dấu chấm trong tệp này ngăn phần thập phân. Viết 8000 nếu là hàng nghìn, 8 nếu có phần thập phân."),
    ("hard = \"cay_song <= cay_trong\"", "hard = \"cay_song <= 1.234\"", 144, "1.234 là 1234 hay 1.2340? Dấu chấm trong tệp này ngăn phần thập phân. Viết 1234 nếu là hàng nghìn, 1.2340 nếu có phần thập phân."),
    ("due = 2026-12-20", "due = 20/12/2026", 33, "Ngày “20/12/2026” phải viết năm-tháng-ngày, không có dấu nháy: 2026-12-20."),
    ("due = 2026-12-20", "due = 2026-12-5", 33, "Ngày “2026-12-5” phải viết năm-tháng-ngày, không có dấu nháy: 2026-12-05."),
    ("due = 2026-12-20", "due = 2026-11-31", 33, "“2026-11-31” không phải là ngày có thật. Viết năm-tháng-ngày, không có dấu nháy, ví dụ 2023-06-30."),
    ("due = 2026-12-20", "due = \"20/12/2026\"", 33, "Mục \"due\" phải là ngày có thật, viết năm-tháng-ngày, không có dấu nháy, ví dụ due = 2023-06-30."),
    ("due = 2026-12-20", "due = 2027-12-20", 33, "Hạn nộp của kỳ 2026 (20/12/2027) muộn hơn ngày cuối kỳ (31/12/2026) quá nửa năm. Kiểm tra lại năm của hạn nộp."),
    ("max = 12.5,", "max = 12,5,", 147, "Trong tệp này phần thập phân viết sau dấu chấm: thay “12,5” bằng 12.5."),
    ("max = 12.5,", "max = 1.000.000,", 147, "Trong tệp này hàng nghìn viết liền: thay “1.000.000” bằng 1000000."),
    ("label = \"Nhận xét\"", "label = “Nhận xét”", 110, "Dấu nháy ở đây là dấu nháy cong của trình soạn văn bản. Thay bằng dấu nháy thẳng: \"Nhận xét\"."),
    ("label = \"Nhận xét\"", "label = Nhận xét", 110, "Chữ phải đặt trong dấu nháy thẳng: \"Nhận xét\"."),
    ("label = \"Nhận xét\"", "label = \"Nhận xét", 110, "Chữ bắt đầu ở đây thiếu dấu nháy đóng. Thêm dấu \" vào cuối."),
    ("label = \"Nhận xét\"", "label: \"Nhận xét\"", 110, "Giữa tên mục và giá trị là dấu bằng: viết label = … thay cho dấu hai chấm."),
    ("[[field]]", "[field]", 59, "Mỗi mục field bắt đầu bằng hai ngoặc vuông: viết [[field]] ở dòng 59, 70, 79, 88, 98, 107."),
    ("[[measure]]", "[measure]", 115, "Mỗi mục measure bắt đầu bằng hai ngoặc vuông: viết [[measure]] ở dòng 115, 129."),
    ("[plan]", "[[plan]]", 5, "Mục plan chỉ có một: viết [plan] với một ngoặc vuông."),
    ("target = \">= 80\"", "target = \"80\"", 124, "Mục tiêu \"80\" thiếu dấu so sánh. Ít nhất thì viết \">= 80\", nhiều nhất thì viết \"<= 80\"."),
    ("target = \">= 80\"", "target = 80", 124, "Mục tiêu \"80\" thiếu dấu so sánh. Ít nhất thì viết \">= 80\", nhiều nhất thì viết \"<= 80\"."),
    ("target = \">= 80\"", "target = \">= 80 <= 90\"", 124, "Mục tiêu \">= 80 <= 90\" có nhiều mức. Chỉ viết một dấu và một số, ví dụ \">= 80\"."),
    ("target = \">= 80\"", "target = \"80%\"", 124, "Mục tiêu \"80%\" thiếu dấu so sánh. Ít nhất thì viết \">= 80\", nhiều nhất thì viết \"<= 80\"."),
    ("target = \">= 80\"", "target = \"<= 80\"", 124, "Mục tiêu \"<= 80\" của C1 khác lời của chỉ tiêu: “ít nhất 80%”. Sửa target, hoặc sửa target_words."),
    ("target = \">= 80\"", "target = \">= 85\"", 124, "Mục tiêu \">= 85\" của C1 khác lời của chỉ tiêu: “ít nhất 80%”. Sửa target, hoặc sửa target_words."),
    ("numerator = \"cay_song\"", "numertor = \"cay_song\"", 119, "Không có mục nào tên \"numertor\" ở đây. Có phải muốn viết: numerator?"),
    ("numerator = \"cay_song\"", "numerator = \"cay_song + luot\"", 119, "Không có ô nào mã \"luot\". Viết mã của một ô có trong tệp, hoặc thêm ô này."),
    ("denominator = \"cay_trong\"", "denominator = \"cay_song\"", 120, "Tử số và mẫu số của C1 là một, nên tỷ lệ lúc nào cũng như nhau. Sửa numerator hoặc denominator."),
    ("rate_in = [\"year\"]", "rate_in = [\"year\", \"month\"]", 127, "C1 in tỷ lệ ở một loại kỳ mà kế hoạch không có kỳ nào. Bỏ loại kỳ khỏi rate_in, hoặc viết thêm kỳ."),
    ("roll_up = \"ratio_of_sums\"", "roll_up = \"single\"", 126, "C1 cộng dồn kiểu single (chỉ một đơn vị có) nhưng ô cay_song do nhiều đơn vị nhập. Viết roll_up = \"ratio_of_sums\", hoặc sửa collected_by."),
    ("hard = \"cay_song <= cay_trong\"", "hard = \"cay_trong > cay_trong\"", 144, "Quan hệ Q1 không bao giờ đúng nên biểu nào cũng bị hỏi. Kiểm tra lại dấu so sánh và hai vế."),
    ("hard = \"cay_song <= cay_trong\"", "hard = \"cay_song >= 0\"", 144, "Quan hệ Q1 lúc nào cũng đúng nên không bao giờ hỏi. Kiểm tra lại hai vế, hoặc xóa."),
    ("max = 12.5,", "min = 0,", 147, "Q2 không bao giờ hỏi: không số nào nằm ngoài giới hạn này. Thu hẹp min, max, hoặc xóa kiểm tra."),
    ("coordinator = \"thu-vien\"", "coordinator = \"song-ho\"", 12, "song-ho là địa bàn chung nên không tổng hợp số liệu. Viết mã của phòng, ban tổng hợp."),
    ("type = \"count\"", "type = \"số\"", 64, "\"số\" không dùng được ở đây. Viết một trong: count, text, decimal1, decimal2, decimal3, decimal4, decimal5, decimal6."),
    ("group = \"villages\" }", "grup = \"villages\" }", 17, "Không có mục nào tên \"grup\" ở đây. Có phải muốn viết: group?"),
    ("[units]", "[unit]", 14, "Không có mục nào tên \"unit\" ở đây. Có phải muốn viết: units?"),
    ("id = \"S1\"\nobjective", "id = \"S2\"\nobjective", 131, "Không có chỉ tiêu \"S1\". Có phải muốn viết: S2?"),
    ("kind = \"lang\", from = 2020-01-01 },", "kind = \"lang\" from = 2020-01-01 },", 22, "Thiếu dấu phẩy trước chỗ này: các mục trong ngoặc cách nhau bằng một dấu phẩy."),
    ("objective = 1\nshort", "objective = 3\nshort", 47, "Không có mục tiêu số 3. Viết một số có trong form.objectives, hoặc thêm mục tiêu này."),
    ("slipped_digit = true", "slipped_digit = Có", 149, "Viết true (chữ thường, không dấu nháy) thay cho “Có”."),
];

#[test]
fn the_worst_mistakes_are_said_once_each() {
    let texts = Texts::load(Lang::Vi);
    let mut wrong = Vec::new();
    for (good, bad, line, words) in WORST {
        assert!(SONG_HO.contains(good), "not in the plan: {good}");
        // A heading is mistaken everywhere, anything else once.
        let times = if good.starts_with("[[") {
            usize::MAX
        } else {
            1
        };
        let text = SONG_HO.replacen(good, bad, times);
        let said: Vec<(usize, String)> = plan::check(text.as_bytes())
            .iter()
            .map(|problem| (problem.line, texts.say(&problem.message)))
            .collect();
        if said != [(*line, (*words).to_owned())] {
            wrong.push(format!("{good:?} -> {bad:?}: {said:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
